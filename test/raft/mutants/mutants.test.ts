/** The simulated groups find bugs of the core: each planted one fails at its recorded seed, which passes without it. */
import { beforeAll, expect, test } from 'vitest';
import { mutantsIn, recordedSeeds, replayMutants } from './replay-mutants.js';
import type { Outcome } from './replay-mutants.js';

const HERE = new URL('.', import.meta.url);
const NAMES = mutantsIn(HERE);

const REPLAY_MS_MAX = 240_000;

let outcomes: ReadonlyMap<string, Outcome>;

beforeAll(() => {
  outcomes = replayMutants('core');
}, REPLAY_MS_MAX);

test.each(NAMES)('sim:raft: the planted bug %s is found', (name) => {
  const outcome = outcomes.get(name);
  const why = `${outcome?.problem ?? 'it was not tried'}. A change of the core or of the simulation shifts what a seed does: npm run sim:raft:mutants -- ${name} --record`;
  expect(outcome?.seed, why).toEqual(expect.any(Number));
});

test('every recorded seed is of a planted bug', () => {
  expect(Object.keys(recordedSeeds(HERE)).sort()).toEqual(NAMES.toSorted());
});
