/**
 * The planted bugs in test/mutants: NAME.patch, a unified diff against the compiled code, after a head of `Key: value` lines.
 *
 *   What: the bug, in one sentence                    Needs: the fault that reveals the bug
 *   Scenario: file, from the repository's folder      Real: the same for runs on real processes; optional
 *   (blank line, then the diff)
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parsePatch } from 'diff';

/** The root of the repository. */
export const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const FOLDER = `${ROOT}test/mutants/`;
const SEEDS_FILE = 'seeds.json';
/** Recorded seeds of runs on real processes, and their scenarios. */
export const REAL_FOLDER = `${FOLDER}real/`;
const KEYS = ['What', 'Needs', 'Scenario'];
const OPTIONAL_KEYS = ['Real'];

/**
 * All mutants by name.
 * @param folder the folder of the patches, with a slash at its end
 * @param keys the required lines of the head of each patch
 * @throws Error on an invalid file
 */
export function readMutants(folder = FOLDER, keys = KEYS) {
  const files = readdirSync(folder).filter((file) => file.endsWith('.patch'));
  return files.sort().map((file) => readMutant(file.slice(0, -'.patch'.length), readFileSync(folder + file, 'utf8'), keys));
}

function readMutant(name, text, keys) {
  const diffAt = text.search(/^--- /m);
  const head = new Map();
  for (const line of text.slice(0, Math.max(0, diffAt)).split('\n')) {
    const [, key, value] = /^([A-Z]\w*): (.+)$/.exec(line) ?? [];
    if (key !== undefined) head.set(key, value.trim());
    else if (line !== '') throw new Error(`${name}.patch: "${line}" is no "Key: value"`);
  }
  const missing = keys.filter((key) => !head.has(key));
  const isExtra = (key) => !keys.includes(key) && !OPTIONAL_KEYS.includes(key);
  if (diffAt < 0 || missing.length > 0 || [...head.keys()].some(isExtra)) {
    throw new Error(`${name}.patch needs the lines ${keys.join(', ')} and then a diff; missing: ${missing.join()}`);
  }
  const patches = parsePatch(text.slice(diffAt));
  const [what, needs, scenario, real] = ['What', 'Needs', 'Scenario', 'Real'].map((key) => head.get(key));
  return { name, what, needs, scenario, real, patches };
}

/** The recorded seed of each mutant that has one. */
export function readSeeds(folder = FOLDER) {
  try {
    return JSON.parse(readFileSync(folder + SEEDS_FILE, 'utf8'));
  } catch (error) {
    if (error.code === 'ENOENT') return {};
    throw error;
  }
}

/** Replaces the recorded seeds. */
export function writeSeeds(seeds, folder = FOLDER) {
  const sorted = Object.fromEntries(Object.entries(seeds).sort(([a], [b]) => (a < b ? -1 : 1)));
  writeFileSync(folder + SEEDS_FILE, `${JSON.stringify(sorted, null, 2)}\n`);
}
