/**
 * Makes a folder with its missing parents, in a bounded number of steps. `mkdir` of Node with `recursive` repeats for ever where a
 * folder exists but no folder can be made in it, as in /proc, and a process in that loop does not react to signals.
 */
import { mkdirSync, statSync } from 'node:fs';
import { mkdir, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';

/** The failure to make one folder; null when the folder exists now. */
type Outcome = NodeJS.ErrnoException | null;

/** Yields the folders to make, one at a time, and receives the outcome of each. @returns the outcome for `folder` */
function* steps(folder: string): Generator<string, Outcome, Outcome> {
  const outcome = yield folder;
  const parent = dirname(folder);
  if (outcome?.code !== 'ENOENT' || parent === folder) return outcome;
  return (yield* steps(parent)) ?? (yield folder);
}

/** mkdir(2) fails with other codes than EEXIST too where the folder exists, on a read-only file system for example. */
const outcomeOf = (error: unknown, isDirectory: boolean): Outcome => {
  if (isDirectory) return null;
  if (error instanceof Error) return error;
  throw error;
};

/**
 * Makes a folder and its missing parents; an existing folder is no failure.
 * @returns the folders that were made, the outermost first: none is durable before its parent is fsynced
 * @throws the error of mkdir(2)
 */
export async function makeDirectories(path: string): Promise<string[]> {
  const made: string[] = [];
  const making = steps(resolve(path));
  let step = making.next(null);
  while (step.done !== true) {
    const folder = step.value;
    const outcome = await mkdir(folder).then(
      () => {
        made.push(folder);
        return null;
      },
      async (error: unknown) => {
        const stats = await stat(folder).catch(() => null);
        return outcomeOf(error, stats?.isDirectory() === true);
      },
    );
    step = making.next(outcome);
  }
  if (step.value !== null) throw step.value;
  return made;
}

/** The same as `makeDirectories`, for code that cannot wait. */
export function makeDirectoriesSync(path: string): void {
  const making = steps(resolve(path));
  let step = making.next(null);
  while (step.done !== true) {
    let outcome: Outcome = null;
    try {
      mkdirSync(step.value);
    } catch (error) {
      outcome = outcomeOf(error, statSync(step.value, { throwIfNoEntry: false })?.isDirectory() === true);
    }
    step = making.next(outcome);
  }
  if (step.value !== null) throw step.value;
}
