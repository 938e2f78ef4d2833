/** Runs on real processes find bugs: two planted ones, each after a fault of another kind. All that are found: npm run real:mutants */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { beforeAll, expect, test } from 'vitest';

interface Outcome {
  readonly name: string;
  /** Null: no run failed with the bug and passed without it. */
  readonly seed: number | null;
  readonly exitCode?: number;
  /** The promises that were seen broken. */
  readonly check: string;
  readonly problem: string;
}

/** A flipped bit, which nobody notices; and a killed master that forgets what was deleted. */
const NAMES = ['read-unverified', 'deleted-file-resurrected'];
/** Real runs differ from one to the next: a seed that passes once proves nothing. */
const RUNS = '4';
const HUNT_MS_MAX = 240_000;

const outcomes = new Map<string, Outcome>();

beforeAll(() => {
  const script = fileURLToPath(new URL('../../scripts/real-mutants.mjs', import.meta.url));
  const { stdout, stderr } = spawnSync(process.execPath, [script, ...NAMES, '--runs', RUNS, '--json'], { encoding: 'utf8' });
  if (stderr !== '') throw new Error(stderr);
  for (const line of stdout.trim().split('\n')) {
    const outcome = JSON.parse(line) as Outcome;
    outcomes.set(outcome.name, outcome);
  }
}, HUNT_MS_MAX);

test.each([
  ['read-unverified', 'no-corruption'],
  ['deleted-file-resurrected', 'deleted-stay-deleted'],
])('real: the planted bug %s breaks %s, and the run without it passes', (name, promise) => {
  const outcome = outcomes.get(name);
  expect(outcome?.seed, outcome?.problem ?? 'it was not tried').toEqual(expect.any(Number));
  expect(outcome?.exitCode).toBe(1);
  expect(outcome?.check).toContain(promise);
});
