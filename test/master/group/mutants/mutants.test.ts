/** The simulated groups find bugs of driver, log and checkpoints: each planted one fails at one of a few seeds, which passes without it. */
import { beforeAll, expect, test } from 'vitest';
import { expectFound, mutantsIn, recordedIn, runMutants, SEARCH_MS_MAX, shareOf } from '../../../mutants/run-mutants.js';
import type { Outcome } from '../../../mutants/run-mutants.js';

const HERE = new URL('.', import.meta.url);
const NAMES = mutantsIn(HERE);
/** Of this run. All: npm run mutants */
const SHARE = shareOf(NAMES);

let outcomes: ReadonlyMap<string, Outcome>;

beforeAll(() => {
  outcomes = runMutants('sim-raft-mutants.mjs', [...SHARE, '--what', 'group', '--replay']);
}, SEARCH_MS_MAX);

test.each(SHARE)('sim:raft: the planted bug %s is found', (name) => {
  expectFound(outcomes.get(name), `npm run sim:raft:mutants -- ${name} --what group`);
});

test('seeds are recorded of planted bugs only', () => {
  expect(NAMES).toEqual(expect.arrayContaining(recordedIn(HERE)));
});
