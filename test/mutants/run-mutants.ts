/** Plants bugs and runs seeds, by the script of a simulation, in a process of its own. */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { firstSeed } from '../rotating-seeds.js';

export interface Outcome {
  readonly name: string;
  /** Null: none of the seeds failed with the bug and passed without it. */
  readonly seed: number | null;
  readonly problem: string;
}

const ENDING = '.mutant';

/** Which part of the planted bugs a run of the tests plants: one of this many. 1: all of them, as `npm run mutants` does. */
const SHARES_VARIABLE = 'MUTANT_SHARES';
const SHARES = 3;

/** How long a script may run, in ms: a bug that is not found takes many seeds. */
export const SEARCH_MS_MAX = 1_200_000;

/** @returns the names of the mutants of a folder */
export function mutantsIn(folder: URL): string[] {
  return readdirSync(folder).flatMap((file) => (file.endsWith(ENDING) ? [file.slice(0, -ENDING.length)] : []));
}

/**
 * The share of the mutants that this run plants: another one with each commit, so that all are planted in a few of them.
 * @param shares into how many parts the mutants are divided. Default: MUTANT_SHARES, or 3
 * @param turn which of them. Default: the commit decides
 */
export function shareOf(names: readonly string[], shares = sharesAsked(), turn = firstSeed(1)): string[] {
  return names.toSorted().filter((_, index) => index % shares === turn % shares);
}

function sharesAsked(): number {
  const shares = Number(process.env[SHARES_VARIABLE] ?? SHARES);
  if (!Number.isSafeInteger(shares) || shares < 1) throw new Error(`${SHARES_VARIABLE} needs a number from 1`);
  return shares;
}

/** @returns the names of the mutants of a folder of which seeds are recorded */
export function recordedIn(folder: URL): string[] {
  return Object.keys(JSON.parse(readFileSync(new URL('seeds.json', folder), 'utf8')) as Record<string, unknown>);
}

/**
 * @param script in scripts, with a line of JSON on its output for each mutant
 * @returns the outcomes by name
 * @throws Error with what the script says when it cannot run
 */
export function runMutants<T extends Outcome>(script: string, args: readonly string[]): Map<string, T> {
  const path = fileURLToPath(new URL(`../../scripts/${script}`, import.meta.url));
  const { stdout, stderr } = spawnSync(process.execPath, [path, ...args, '--json'], { encoding: 'utf8' });
  if (stderr !== '') throw new Error(stderr);
  const outcomes = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as T);
  return new Map(outcomes.map((outcome) => [outcome.name, outcome]));
}

/** @param command searches the mutant; with --record, it keeps the seed */
export function expectFound(outcome: Outcome | undefined, command: string): void {
  const why = outcome?.problem ?? 'it was not tried';
  const advice = `Does the mutant still plant its bug, and does its scenario still bring about what shows it? If both, record a hint: ${command} --record`;
  expect(outcome?.seed, `${why}. ${advice}`).toEqual(expect.any(Number));
}
