/** Which seeds a test runs: others with each commit, so that the tests of a year try more than the same few. */
import { execFileSync } from 'node:child_process';

/** Ranges of seeds that commits are spread over. */
const RANGES = 100_000;

/**
 * The first of `count` seeds: the same for one commit, another for the next. DISTRIFS_FIRST_SEED repeats a run that failed; without a
 * repository it is 1.
 * @throws Error when DISTRIFS_FIRST_SEED is no seed
 */
export function firstSeed(count: number): number {
  const asked = process.env['DISTRIFS_FIRST_SEED'];
  if (asked !== undefined) {
    if (!/^[1-9]\d{0,8}$/.test(asked)) throw new Error(`DISTRIFS_FIRST_SEED is "${asked}": it must be a seed, 1 or more`);
    return Number(asked);
  }
  return (rangeOfCommit() % RANGES) * count + 1;
}

function rangeOfCommit(): number {
  try {
    const commit = execFileSync('git', ['rev-parse', 'HEAD'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
    return parseInt(commit.slice(0, 8), 16);
  } catch {
    return 0;
  }
}

/** For the title of a test: how to repeat it. */
export const seedsText = (from: number, count: number): string =>
  `seeds ${from} to ${from + count - 1} (repeat with DISTRIFS_FIRST_SEED=${from})`;
