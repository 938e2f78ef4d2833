/** The simulation finds bugs: each planted one fails at one of a few seeds, which passes without it. The search: npm run sim:mutants */
import { beforeAll, expect, test } from 'vitest';
import { expectFound, mutantsIn, recordedIn, runMutants, SEARCH_MS_MAX, shareOf } from './run-mutants.js';
import type { Outcome } from './run-mutants.js';

const HERE = new URL('.', import.meta.url);
const NAMES = mutantsIn(HERE);
/** Of this run. All: npm run mutants */
const SHARE = shareOf(NAMES);

let outcomes: ReadonlyMap<string, Outcome>;

beforeAll(() => {
  outcomes = runMutants('sim-mutants.mjs', [...SHARE, '--replay']);
}, SEARCH_MS_MAX);

test.each(SHARE)('sim: the planted bug %s is found', (name) => {
  expectFound(outcomes.get(name), `npm run sim:mutants -- ${name}`);
});

test('seeds are recorded of planted bugs only', () => {
  expect(NAMES).toEqual(expect.arrayContaining(recordedIn(HERE)));
});
