/** What SDK users catch: shaped as errors of node:fs are, so that `error.code === 'ENOENT'` works. */
import { type DfsError, type ErrorCode, toDfsError } from '../shared/errors.js';

/** The call that failed, as Node names it. */
export interface FailedCall {
  /** `open`, `mkdir`, `rename`, … */
  readonly syscall: string;
  readonly path?: string;
  /** Of a rename. */
  readonly dest?: string;
}

/**
 * A failed SDK call. `cause` is the DfsError.
 *
 *   code      Node's: ENOENT, EEXIST, ENOTDIR, EISDIR, ENOTEMPTY, EACCES, EINVAL, EBUSY, ENOSPC, ETIMEDOUT, EIO, …
 *   dfsCode   DistriFS's own, finer: NOT_FOUND, FILE_BUSY, OUTCOME_UNKNOWN, CHUNK_UNAVAILABLE, …
 */
export class DistriFSError extends Error {
  override readonly name = 'DistriFSError';
  readonly code: string;
  readonly dfsCode: ErrorCode;
  /** What went wrong, for people; `message` is `code: reason`. */
  readonly reason: string;
  /** Trying the same call again, later, can succeed. */
  readonly retriable: boolean;
  readonly syscall: string;
  readonly path: string | undefined;
  readonly dest: string | undefined;

  constructor(failure: DfsError, call: FailedCall) {
    super(`${failure.errno}: ${failure.message}`, { cause: failure });
    this.code = failure.errno;
    this.dfsCode = failure.code;
    this.reason = failure.message;
    this.retriable = failure.retriable;
    this.syscall = call.syscall;
    this.path = call.path;
    this.dest = call.dest;
  }
}

/** Anything thrown inside the client, as an SDK user shall see it. */
export function toSdkError(error: unknown, call: FailedCall): DistriFSError {
  if (error instanceof DistriFSError) return error;
  const where = call.path === undefined ? '' : ` "${call.path}"`;
  return new DistriFSError(toDfsError(error, `Call ${call.syscall}${where} failed`), call);
}

/** Runs a call of the SDK's face; rejects with DistriFSError only. */
export async function sdkCall<T>(call: FailedCall, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    throw toSdkError(error, call);
  }
}
