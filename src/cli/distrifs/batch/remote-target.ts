/**
 * Where sources go in the cluster, as `cp -r` places them:
 *
 *   target is an existing directory    each source, under its name in that directory
 *   anything else                      the only source, as that path; several sources are refused
 */
import type { Stats } from '../../../client/stats.js';
import type { DistriFS } from '../../../distri-fs.js';
import { UsageError } from '../../terminal/usage-error.js';
import { TargetPaths } from './target-paths.js';

/**
 * The attributes of a path; null for a missing one.
 * @throws DistriFSError any other failure: if it counted as a missing path, the caller would wait for a silent master twice
 */
export async function statOrNull(client: Pick<DistriFS, 'stat'>, path: string): Promise<Stats | null> {
  try {
    return await client.stat(path);
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')) return null;
    throw error;
  }
}

/** The paths of a target, each for one source. */
export class RemoteTarget {
  readonly #paths: TargetPaths;

  private constructor(paths: TargetPaths) {
    this.#paths = paths;
  }

  /**
   * @param sources their number
   * @throws Error for several sources and a target that is no directory; DistriFSError as statOrNull
   */
  static async of(client: Pick<DistriFS, 'stat'>, path: string, sources: number): Promise<RemoteTarget> {
    const isDirectory = (await statOrNull(client, path))?.isDirectory() === true;
    return new RemoteTarget(new TargetPaths(path, isDirectory, sources));
  }

  /**
   * The path of a source.
   * @param name its last component; '' takes the contents of a directory, as `cp -r dir/. target`; null: standard input
   * @throws Error when another source has that path already; UsageError when a path needs a name
   */
  pathFor(name: string | null, kind: 'file' | 'directory'): string {
    const { target, isDirectory } = this.#paths;
    const bare = target.replace(/\/+$/, '');
    const isInside = isDirectory || (kind === 'file' && target.endsWith('/'));
    if (isInside && name === null) throw new UsageError(`"${target}" is a directory: name the target file for standard input`);
    // Contents of several directories may share the target.
    if (isInside && name === '') return bare === '' ? '/' : bare;
    return this.#paths.take(isInside ? `${bare}/${name ?? ''}` : bare === '' ? '/' : bare);
  }
}
