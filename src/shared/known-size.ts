/** The size of a listed file, where it must be known. */
import { DfsError } from './errors.js';
import type { DirectoryEntry } from './runtime.js';

/** @throws DfsError IO_ERROR when the disk did not tell it */
export function knownSize({ name, sizeBytes }: DirectoryEntry): number {
  if (sizeBytes !== null) return sizeBytes;
  throw new DfsError('IO_ERROR', `The disk does not tell the size of "${name}"`);
}
