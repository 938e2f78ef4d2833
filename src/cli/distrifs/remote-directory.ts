/** Checks whether a target is a directory of the cluster, in which case a file that is put or moved there keeps its name. */
import type { DistriFS } from '../../distri-fs.js';

/**
 * Returns true for a path that ends in `/` and for an existing directory; false for a missing path.
 * @throws DistriFSError any other failure: if it counted as a missing path, the caller would wait for a silent master twice
 */
export async function isRemoteDirectory(client: Pick<DistriFS, 'stat'>, path: string): Promise<boolean> {
  if (path.endsWith('/')) return true;
  try {
    return (await client.stat(path)).isDirectory();
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')) return false;
    throw error;
  }
}
