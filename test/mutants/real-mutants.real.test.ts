/** Runs on real processes find bugs: two planted ones, each after a fault of another kind. All that are found: npm run real:mutants */
import { beforeAll, expect, test } from 'vitest';
import { runMutants, SEARCH_MS_MAX } from './run-mutants.js';
import type { Outcome } from './run-mutants.js';

interface RealOutcome extends Outcome {
  readonly exitCode?: number;
  /** The promises that were seen broken. */
  readonly check: string;
}

/** A flipped bit, which nobody notices; and a killed master that forgets what was deleted. */
const NAMES = ['read-unverified', 'deleted-file-resurrected'];
/** Real runs differ from one to the next: a seed that passes once proves nothing. */
const RUNS = '4';

let outcomes: ReadonlyMap<string, RealOutcome>;

beforeAll(() => {
  outcomes = runMutants<RealOutcome>('real-mutants.mjs', [...NAMES, '--runs', RUNS]);
}, SEARCH_MS_MAX);

test.each([
  ['read-unverified', 'no-corruption'],
  ['deleted-file-resurrected', 'deleted-stay-deleted'],
])('real: the planted bug %s breaks %s, and the run without it passes', (name, promise) => {
  const outcome = outcomes.get(name);
  expect(outcome?.seed, outcome?.problem ?? 'it was not tried').toEqual(expect.any(Number));
  expect(outcome?.exitCode).toBe(1);
  expect(outcome?.check).toContain(promise);
});
