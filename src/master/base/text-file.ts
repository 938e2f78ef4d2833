/** A small file that is read and replaced as a whole. */
import { isDfsError } from '../../shared/errors.js';
import type { Disk } from '../../shared/runtime.js';
import { writeSynced } from '../../shared/whole-file.js';

/**
 * @param bytesMax what is longer is cut off
 * @returns null: there is no such file
 * @throws DfsError of the disk
 */
export async function readTextFile(disk: Disk, name: string, bytesMax: number): Promise<string | null> {
  try {
    const file = await disk.open(name, 'read');
    try {
      const bytes = new Uint8Array(bytesMax);
      return new TextDecoder().decode(bytes.subarray(0, await file.read(bytes, 0)));
    } finally {
      await file.close();
    }
  } catch (error) {
    if (isDfsError(error, 'NOT_FOUND')) return null;
    throw error;
  }
}

/**
 * Puts the file in place, in the folder itself: temporary name, fsync, rename, fsync of the folder.
 * @throws DfsError of the disk
 */
export async function replaceTextFile(disk: Disk, name: string, text: string): Promise<void> {
  const temporary = `${name}.tmp`;
  await writeSynced(disk, temporary, new TextEncoder().encode(text));
  await disk.rename(temporary, name);
  await disk.syncDirectory('.');
}
