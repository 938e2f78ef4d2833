/** Looks whether the mutants of all sets can still be planted, without running anything. */
import { RAFT, readRaftMutants, SIMULATIONS } from '../raft/compiled-raft.mjs';
import { readMutants } from './catalogue.mjs';
import { compileMutant } from './compile.mjs';
import { readSource, SYSTEM } from './copies.mjs';
import { OutOfDateError } from './plant.mjs';

/**
 * @returns how many mutants there are, and why those that do not fit do not: `{ count, problems }`
 * @throws Error when a file of a mutant is not as it must be
 */
export async function checkFit() {
  const system = readSource(SYSTEM);
  const raft = readSource(RAFT);
  const planted = [
    ...readMutants().map((mutant) => [mutant, system]),
    ...Object.keys(SIMULATIONS).flatMap((what) => readRaftMutants(what).map((mutant) => [mutant, raft])),
  ];
  const problems = [];
  for (const [mutant, source] of planted) {
    try {
      await compileMutant(mutant, source);
    } catch (error) {
      if (!(error instanceof OutOfDateError)) throw error;
      problems.push(error.message);
    }
  }
  return { count: planted.length, problems };
}
