/** Splits the paths of a command line into sources and target. */
import { UsageError } from '../../terminal/usage-error.js';

/**
 * Sources and target of a command whose last path is the target.
 * @param names of the last two arguments, for the error
 * @throws UsageError when one of them is missing
 */
export function sourcesAndTarget(
  paths: readonly string[],
  names: readonly [source: string, target: string],
): { readonly sources: readonly string[]; readonly target: string } {
  const target = paths.at(-1);
  if (target === undefined || paths.length < 2)
    throw new UsageError(`missing required argument '${names[paths.length === 0 ? 0 : 1]}'`);
  return { sources: paths.slice(0, -1), target };
}
