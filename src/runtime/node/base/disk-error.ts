/** Converts errors of the file system into DfsError. */
import { DfsError, type ErrorCode } from '../../../shared/errors.js';
import { messageOf } from '../../../shared/error-text.js';

/** The errno-style code of a system error (`ENOENT`), or undefined. */
export function systemCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

/** Tells whether the process, or the system, has too many files open. */
export function isShortOfDescriptors(error: unknown): boolean {
  const code = systemCode(error instanceof DfsError ? error.cause : error);
  return code === 'EMFILE' || code === 'ENFILE';
}

function codeOf(error: unknown, isChange: boolean): ErrorCode {
  switch (systemCode(error)) {
    case 'ENOENT':
      return 'NOT_FOUND';
    case 'ENOSPC':
    case 'EDQUOT':
      return 'NO_SPACE';
    case 'EMFILE':
    case 'ENFILE':
    case 'ENOMEM':
      return 'RESOURCE_EXHAUSTED';
    case 'EROFS':
      return 'READ_ONLY';
    case 'EACCES':
    case 'EPERM':
      return isChange ? 'READ_ONLY' : 'IO_ERROR';
    default:
      return 'IO_ERROR';
  }
}

/**
 * Wraps a failure of node:fs; a DfsError is returned unchanged.
 * @param action the failed action, with the path quoted: `Cannot open "/d/x"`
 * @param isChange it would have changed the folder: a missing permission makes the folder read-only then
 */
export function diskError(error: unknown, action: string, isChange = false): DfsError {
  if (error instanceof DfsError) return error;
  return new DfsError(codeOf(error, isChange), `${action}: ${messageOf(error)}`, { cause: error });
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
