/** Which seeds are tried for a mutant, and in which order. */
import { spawnSync } from 'node:child_process';
import { ROOT } from './catalogue.mjs';

/** Says where a search starts, in place of the commit. */
const START_VARIABLE = 'MUTANT_SEEDS_FROM';
/** Where there is neither a commit nor that variable. */
const FIXED_START = 1;
const START_MAX = 1_000_000;
const HASH_DIGITS = 10;

/**
 * Where the search of a test starts: another seed with each commit, so that many are tried in time, and the same one for the same code.
 * @throws Error when the variable is no number from 1
 */
export function startOfCommit(environment = process.env) {
  const asked = environment[START_VARIABLE];
  if (asked !== undefined) {
    const start = Number(asked);
    if (!Number.isSafeInteger(start) || start < 1) throw new Error(`${START_VARIABLE} needs a number from 1, not "${asked}"`);
    return start;
  }
  const { status, stdout } = spawnSync('git', ['rev-parse', 'HEAD'], { cwd: ROOT, encoding: 'utf8' });
  return status === 0 ? 1 + (Number.parseInt(stdout.slice(0, HASH_DIGITS), 16) % START_MAX) : FIXED_START;
}

/** @returns the hints, and then `count` seeds from `from` on */
export const seedOrder = ({ hints = [], from, count }) => [...hints, ...Array.from({ length: count }, (_, i) => from + i)];
