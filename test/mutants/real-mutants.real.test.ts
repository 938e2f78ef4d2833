/** Runs on real processes find bugs: one of two planted ones, another with each commit. All that are found: npm run real:mutants */
import { beforeAll, expect, test } from 'vitest';
import { runMutants, SEARCH_MS_MAX, shareOf } from './run-mutants.js';
import type { Outcome } from './run-mutants.js';

interface RealOutcome extends Outcome {
  readonly exitCode?: number;
  /** The promises that were seen broken. */
  readonly check: string;
}

/** A flipped bit, which nobody notices; and a killed master that forgets what was deleted: the guarantee that each breaks. */
const BROKEN: Readonly<Record<string, string>> = {
  'read-unverified': 'no-corruption',
  'deleted-file-resurrected': 'deleted-stay-deleted',
};
const SHARE = shareOf(Object.keys(BROKEN), 2);
/** Real runs differ from one to the next: a seed that passes once proves nothing. */
const RUNS = '4';

let outcomes: ReadonlyMap<string, RealOutcome>;

beforeAll(() => {
  outcomes = runMutants<RealOutcome>('real-mutants.mjs', [...SHARE, '--runs', RUNS]);
}, SEARCH_MS_MAX);

test.each(SHARE)('real: the run finds the planted bug %s, and the run without it passes', (name) => {
  const outcome = outcomes.get(name);
  expect(outcome?.seed, outcome?.problem ?? 'it was not tried').toEqual(expect.any(Number));
  expect(outcome?.exitCode).toBe(1);
  expect(outcome?.check).toContain(BROKEN[name]);
});
