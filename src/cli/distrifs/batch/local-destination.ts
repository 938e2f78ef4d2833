/** Where files of the cluster go on this machine, as `cp -r` places them: see remote-target.ts. */
import { join } from 'node:path';
import { UsageError } from '../../terminal/usage-error.js';
import { statsOf } from '../local-target.js';
import { TargetPaths } from './target-paths.js';

/** The paths of a local target, each for one source. */
export class LocalDestination {
  readonly #paths: TargetPaths;

  private constructor(paths: TargetPaths) {
    this.#paths = paths;
  }

  /**
   * @param path as it was typed; default: the current directory
   * @param sources their number
   * @throws Error for several sources and a target that is no directory; UsageError; Error of node:fs
   */
  static async of(path: string | undefined, sources: number): Promise<LocalDestination> {
    if (path === undefined) return new LocalDestination(new TargetPaths('', true, sources));
    if (path === '') throw new UsageError('the local path is empty: name a file or a directory, or - for standard output');
    const isDirectory = (await statsOf(path))?.isDirectory() === true;
    return new LocalDestination(new TargetPaths(path, isDirectory, sources));
  }

  /**
   * The path of a source.
   * @param name its last component; '' for the root of the cluster, whose contents are copied
   * @throws Error when another source has that path already, or the target is no directory
   */
  pathFor(name: string, kind: 'file' | 'directory'): string {
    const { target, isDirectory } = this.#paths;
    if (!isDirectory && kind === 'file' && target.endsWith('/')) throw new Error(`"${target}" is not a directory`);
    return this.#paths.take(isDirectory ? join(target, name) : target);
  }
}
