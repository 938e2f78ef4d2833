/** Small files that are replaced as a whole and survive a power cut. */
import { DfsError, isDfsError } from '../../shared/errors.js';
import type { Disk } from '../../shared/runtime.js';
import { writeSynced } from '../../shared/whole-file.js';

/**
 * Tells whether the system refused a call, which then had no effect: the caller may try again later. After any other failure of a change it is
 * not known what survives.
 */
export function isRefusal(error: unknown): error is DfsError {
  return isDfsError(error, 'NO_SPACE', 'READ_ONLY', 'RESOURCE_EXHAUSTED');
}

/**
 * Replaces a file: temporary name, fsync, rename, directory fsync. Afterwards either the old or the new content is there, whole;
 * once it resolves, the new one.
 * Rejects with a refusal only when the old content stands; with IO_ERROR when it is not known which one will survive.
 * @param name in the folder itself, without a directory
 */
export async function replaceDurably(disk: Disk, name: string, content: Uint8Array): Promise<void> {
  const temporary = `${name}.tmp`;
  await writeSynced(disk, temporary, content);
  try {
    await disk.rename(temporary, name);
  } catch (error) {
    throw isRefusal(error) ? error : new DfsError('IO_ERROR', `Cannot put "${name}" in place`, { cause: error });
  }
  try {
    await disk.syncDirectory('.');
  } catch (error) {
    throw new DfsError('IO_ERROR', `Cannot put "${name}" in place`, { cause: error });
  }
}
