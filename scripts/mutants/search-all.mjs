/** What the scripts that search mutants have in common: several at a time, each outcome as it comes, and the exit code. */
import { OutOfDateError } from './plant.mjs';

export const EXIT = { found: 0, notFound: 1, bad: 254, interrupted: 130 };

/**
 * @param lanes how many mutants are searched at a time
 * @param search takes a mutant and an outcome `{ name, seed: null, problem: '' }`, which it completes: `seed` when one has found the
 *   mutant, `problem` when none has
 * @param print takes each outcome, with its `seconds`
 * @returns all outcomes
 */
export async function searchAll({ mutants, lanes, search, print }) {
  const waiting = [...mutants];
  const outcomes = [];
  const lane = async () => {
    for (let mutant = waiting.shift(); mutant !== undefined; mutant = waiting.shift()) {
      const outcome = await outcomeOf(mutant, search);
      print(outcome);
      outcomes.push(outcome);
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  return outcomes;
}

/** 0 when all are found; whether a mutant is out of date counts for more than whether it is found. */
export function exitCodeOf(outcomes) {
  if (outcomes.some(({ isOutOfDate }) => isOutOfDate)) return EXIT.bad;
  return outcomes.every(({ seed }) => seed !== null) ? EXIT.found : EXIT.notFound;
}

/** Ends the process when it is interrupted, and then or at its end calls `cleanUp`, which must not wait. */
export function cleanUpAtExit(cleanUp) {
  process.on('exit', cleanUp);
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(EXIT.interrupted));
}

/** Runs a script to its exit code. @param main returns it */
export async function runScript(main) {
  try {
    process.exitCode = await main();
  } catch (error) {
    console.error(error.message);
    process.exitCode = EXIT.bad;
  }
}

async function outcomeOf(mutant, search) {
  const startedMs = performance.now();
  const outcome = { name: mutant.name, seed: null, problem: '' };
  try {
    await search(mutant, outcome);
  } catch (error) {
    outcome.problem = error.message;
    outcome.isOutOfDate = error instanceof OutOfDateError;
  }
  return { ...outcome, seconds: Math.round((performance.now() - startedMs) / 100) / 10 };
}
