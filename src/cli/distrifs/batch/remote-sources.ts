/** The files and directories of the cluster that the paths of a command line mean. */
import type { Stats } from '../../../client/stats.js';
import type { DistriFS } from '../../../distri-fs.js';
import { expandPath, isPattern } from './glob-paths.js';

/** Whether the arguments mean one file. */
export const isSingle = (sources: readonly string[], recursive: boolean): boolean =>
  sources.length === 1 && !recursive && !sources.some(isPattern);

/**
 * Expands patterns, and reports what is missing, or is a directory where none may be.
 * @param recursive directories are taken
 * @param report takes the failures; the other sources are returned
 */
export async function remoteSources(
  client: Pick<DistriFS, 'stat' | 'list'>,
  paths: readonly string[],
  recursive: boolean,
  report: { readonly fail: (error: unknown) => void },
): Promise<Stats[]> {
  const found: Stats[] = [];
  for (const path of paths) {
    try {
      for (const each of await expandPath(client, path)) {
        const stats = await client.stat(each);
        if (recursive || stats.isFile()) found.push(stats);
        else report.fail(new Error(`"${each}" is a directory: use -r`));
      }
    } catch (error) {
      report.fail(error);
    }
  }
  return found;
}
