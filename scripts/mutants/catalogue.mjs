/** The sets of planted bugs: the files NAME.mutant of a folder (see mutant-format.mjs), and what is recorded of their seeds. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseMutant } from './mutant-format.mjs';

/** The root of the repository. */
export const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const FOLDER = `${ROOT}test/mutants/`;
const SEEDS_FILE = 'seeds.json';
const ENDING = '.mutant';
/** Recorded seeds of runs on real processes, and their scenarios. */
export const REAL_FOLDER = `${FOLDER}real/`;
const KEYS = ['What', 'Needs', 'Scenario'];
/** Of a mutant that is found within so many seeds, no hint is recorded. */
const COMMON_TRIES_MAX = 15;
const HINTS_MAX = 3;

/**
 * All mutants by name.
 * @param folder the folder of the patches, with a slash at its end
 * @param keys the required lines of the head of each patch
 * @throws Error on an invalid file
 */
export function readMutants(folder = FOLDER, keys = KEYS) {
  const files = readdirSync(folder).filter((file) => file.endsWith(ENDING));
  return files.sort().map((file) => parseMutant(file.slice(0, -ENDING.length), readFileSync(folder + file, 'utf8'), keys));
}

/**
 * What is recorded of the seeds of each mutant that needs it: `hints`, seeds to be tried first, and `bound`, how many others may be
 * tried, where it is not the usual number.
 */
export function readSeeds(folder = FOLDER) {
  return JSON.parse(readFileSync(folder + SEEDS_FILE, 'utf8'));
}

/**
 * Records what a search has found, and forgets mutants that are gone. A mutant that most seeds find needs no hint.
 * @param outcomes of the search, each `{ name, seed, tried }`
 * @param names of all mutants of the folder
 */
export function recordSeeds(outcomes, names, folder = FOLDER, triesMax = COMMON_TRIES_MAX) {
  const seeds = readSeeds(folder);
  for (const { name, seed, tried } of outcomes) {
    if (seed === null) continue;
    const { hints = [], ...others } = seeds[name] ?? {};
    const kept = [seed, ...hints.filter((hint) => hint !== seed)].slice(0, HINTS_MAX);
    seeds[name] = tried <= triesMax && !hints.includes(seed) ? others : { hints: kept, ...others };
  }
  const entries = Object.entries(seeds).filter(([name, entry]) => names.includes(name) && Object.keys(entry).length > 0);
  const lines = entries.sort().map(([name, entry]) => `  ${JSON.stringify(name)}: ${onOneLine(entry)}`);
  writeFileSync(folder + SEEDS_FILE, `{\n${lines.join(',\n')}\n}\n`);
}

const onOneLine = (entry) => {
  const parts = Object.entries(entry).map(([key, value]) => `"${key}": ${JSON.stringify(value).replaceAll(',', ', ')}`);
  return `{ ${parts.join(', ')} }`;
};
