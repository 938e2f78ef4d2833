/** The size of a file that a listing names. */
import { systemCode } from './base/disk-error.js';

/**
 * Never rejects: one file must not hide the others of its folder.
 * @returns null when the system does not tell the size, 'gone' when the file was removed since it was listed
 */
export async function sizeUnlessGone(stat: () => Promise<{ readonly size: number }>): Promise<number | null | 'gone'> {
  try {
    return (await stat()).size;
  } catch (error) {
    return systemCode(error) === 'ENOENT' ? 'gone' : null;
  }
}
