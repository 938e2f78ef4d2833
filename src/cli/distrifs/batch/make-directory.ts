/** Makes the copy of a directory in the cluster. */
import type { MakeDirectoryOptions } from '../../../client/client-options.js';
import type { DistriFS } from '../../../distri-fs.js';
import { statOrNull } from './remote-target.js';

/**
 * Makes a directory; an existing one is taken as it is.
 * @throws DistriFSError EEXIST when a file is there; ENOENT without a parent
 */
export async function makeDirectory(
  client: Pick<DistriFS, 'stat' | 'mkdir'>,
  path: string,
  options: Omit<MakeDirectoryOptions, 'recursive'>,
): Promise<void> {
  if ((await statOrNull(client, path))?.isDirectory() !== true) await client.mkdir(path, options);
}
