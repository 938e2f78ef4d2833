/**
 * The planted bugs in test/mutants: NAME.patch, a unified diff against the compiled code, after a head of `Key: value` lines.
 *
 *   What: what the bug is, in one sentence            Needs: the fault that shows it
 *   Scenario: file, from the repository's folder      (blank line, then the diff)
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parsePatch } from 'diff';

/** The repository. */
export const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const FOLDER = `${ROOT}test/mutants/`;
const SEEDS = `${FOLDER}seeds.json`;
const KEYS = ['What', 'Needs', 'Scenario'];

/** All mutants by name. @throws Error when a file is not as it must be */
export function readMutants() {
  const files = readdirSync(FOLDER).filter((file) => file.endsWith('.patch'));
  return files.sort().map((file) => readMutant(file.slice(0, -'.patch'.length), readFileSync(FOLDER + file, 'utf8')));
}

function readMutant(name, text) {
  const diffAt = text.search(/^--- /m);
  const head = new Map();
  for (const line of text.slice(0, Math.max(0, diffAt)).split('\n')) {
    const [, key, value] = /^([A-Z]\w*): (.+)$/.exec(line) ?? [];
    if (key !== undefined) head.set(key, value.trim());
    else if (line !== '') throw new Error(`test/mutants/${name}.patch: "${line}" is no "Key: value"`);
  }
  const missing = KEYS.filter((key) => !head.has(key));
  if (diffAt < 0 || missing.length > 0 || head.size > KEYS.length) {
    throw new Error(`test/mutants/${name}.patch needs the lines ${KEYS.join(', ')} and then a diff; missing: ${missing.join()}`);
  }
  const patches = parsePatch(text.slice(diffAt));
  return { name, what: head.get('What'), needs: head.get('Needs'), scenario: head.get('Scenario'), patches };
}

/** The recorded seed of each mutant that has one. */
export function readSeeds() {
  try {
    return JSON.parse(readFileSync(SEEDS, 'utf8'));
  } catch (error) {
    if (error.code === 'ENOENT') return {};
    throw error;
  }
}

/** Replaces the recorded seeds. */
export function writeSeeds(seeds) {
  const sorted = Object.fromEntries(Object.entries(seeds).sort(([a], [b]) => (a < b ? -1 : 1)));
  writeFileSync(SEEDS, `${JSON.stringify(sorted, null, 2)}\n`);
}
