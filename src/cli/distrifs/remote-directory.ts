/** Whether a target names a directory of the cluster, so that a file put or moved there keeps its name. */
import type { DistriFS } from '../../index.js';

/**
 * True for a path that ends in `/`, or where a directory is; false where there is nothing.
 * @throws DistriFSError any other reason why the cluster cannot tell: taken for "nothing there", a silent master would be waited for twice
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
