/** Converts errors of the file system into DfsError. */
import { DfsError } from '../../../shared/errors.js';
import { messageOf } from '../../../shared/error-text.js';
import { codeOfErrno } from '../../rules/errno.js';

/** The errno-style code of a system error (`ENOENT`), or undefined. */
export function systemCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

/** Tells whether the process, or the system, has too many files open. */
export function isShortOfDescriptors(error: unknown): boolean {
  const code = systemCode(error instanceof DfsError ? error.cause : error);
  return code === 'EMFILE' || code === 'ENFILE';
}

/**
 * Wraps a failure of node:fs; a DfsError is returned unchanged.
 * @param action the failed action, with the path quoted: `Cannot open "/d/x"`
 * @param isChange it would have changed the folder: a missing permission makes the folder read-only then
 */
export function diskError(error: unknown, action: string, isChange = false): DfsError {
  if (error instanceof DfsError) return error;
  return new DfsError(codeOfErrno(systemCode(error), isChange), `${action}: ${messageOf(error)}`, { cause: error });
}

/** Runs a disk operation that changes the folder; its failure becomes a DfsError. */
export async function changeOnDisk<T>(action: string, operation: () => Promise<T>): Promise<T> {
  try {
    return await operation();
  } catch (error) {
    throw diskError(error, action, true);
  }
}

/** Runs a disk operation; its failure becomes a DfsError. */
export async function onDisk<T>(action: string, operation: () => Promise<T>): Promise<T> {
  try {
    return await operation();
  } catch (error) {
    throw diskError(error, action);
  }
}
