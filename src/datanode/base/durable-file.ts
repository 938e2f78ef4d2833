/** Small files that are replaced as a whole and survive a power cut. */
import { DfsError, isDfsError } from '../../shared/errors.js';
import type { Disk } from '../../shared/runtime.js';

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

/**
 * Writes a file from its start and fsyncs it. Its name becomes durable only with a directory fsync.
 * @param progressed called after each disk call
 */
export async function writeSynced(
  disk: Disk,
  name: string,
  content: Uint8Array,
  progressed: () => void = () => undefined,
): Promise<void> {
  const file = await disk.open(name, 'create');
  try {
    progressed();
    await file.truncate(0);
    progressed();
    await file.write(content, 0);
    progressed();
    await file.sync();
    progressed();
  } finally {
    await file.close();
  }
}

/**
 * The whole content of a file.
 * @param bytesMax one byte more is read of a longer file, and nothing beyond
 */
export async function readWhole(disk: Disk, name: string, bytesMax: number): Promise<Uint8Array> {
  const file = await disk.open(name, 'read');
  try {
    const content = new Uint8Array(Math.min(await file.sizeBytes(), bytesMax + 1));
    const bytesRead = await file.read(content, 0);
    return content.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}
