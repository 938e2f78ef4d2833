/** A failure to write a file of this machine, with the name of the file that the user wants. */
import { getSystemErrorMap } from 'node:util';
import { messageOf } from '../../shared/error-text.js';

export class LocalFileError extends Error {
  override readonly name = 'LocalFileError';
  /** Node's: ENOSPC, EACCES, … */
  readonly code: string;

  /**
   * @param path the file that the user named
   * @param failure the error of node:fs; errors of streams, such as that of a full disk, name no file
   */
  constructor(path: string, failure: NodeJS.ErrnoException) {
    const { path: place } = failure;
    const known = failure.errno === undefined ? undefined : getSystemErrorMap().get(failure.errno);
    const where = place === undefined || place === path ? '' : ` (temporary file "${place}")`;
    super(`Cannot write "${path}": ${known?.[1] ?? messageOf(failure)}${where}`, { cause: failure });
    this.code = failure.code ?? 'EIO';
  }
}

/** Calls `work`; errors of the system become LocalFileErrors, and all others stay as they are. */
export async function writingLocally<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw isSystemError(error) ? new LocalFileError(path, error) : error;
  }
}

const isSystemError = (error: unknown): error is NodeJS.ErrnoException =>
  error instanceof Error && 'errno' in error && typeof error.errno === 'number';
