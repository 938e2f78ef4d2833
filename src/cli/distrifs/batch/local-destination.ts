/** Where files of the cluster go on this machine, as `cp -r` places them: see remote-target.ts. */
import { join } from 'node:path';
import { UsageError } from '../../terminal/usage-error.js';
import { statsOf } from '../local-target.js';

/** The paths of a local target, each for one source. */
export class LocalDestination {
  readonly #path: string;
  readonly #isDirectory: boolean;
  readonly #taken = new Set<string>();

  private constructor(path: string, isDirectory: boolean) {
    this.#path = path;
    this.#isDirectory = isDirectory;
  }

  /**
   * @param path as it was typed; default: the current directory
   * @param sources their number
   * @throws Error for several sources and a target that is no directory; UsageError; Error of node:fs
   */
  static async of(path: string | undefined, sources: number): Promise<LocalDestination> {
    if (path === undefined) return new LocalDestination('', true);
    if (path === '') throw new UsageError('the local path is empty: name a file or a directory, or - for standard output');
    const isDirectory = (await statsOf(path))?.isDirectory() === true;
    if (sources > 1 && !isDirectory) throw new Error(`"${path}" is not a directory: several sources need one`);
    return new LocalDestination(path, isDirectory);
  }

  /**
   * The path of a source.
   * @param name its last component; '' for the root of the cluster, whose contents are copied
   * @throws Error when another source has that path already, or the target is no directory
   */
  pathFor(name: string, kind: 'file' | 'directory'): string {
    if (!this.#isDirectory && kind === 'file' && this.#path.endsWith('/')) throw new Error(`"${this.#path}" is not a directory`);
    const path = this.#isDirectory ? join(this.#path, name) : this.#path;
    if (this.#taken.has(path)) throw new Error(`"${path}" is the target of another source already`);
    this.#taken.add(path);
    return path;
  }
}
