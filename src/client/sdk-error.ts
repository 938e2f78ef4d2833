/** The error type of the SDK, in the shape of the errors of node:fs, so that `error.code === 'ENOENT'` works. */
import { type DfsError, type ErrorCode, isDfsError, toDfsError } from '../shared/errors.js';
import { AbortError, isCallersError } from './argument-error.js';

/** The failed call, as named by Node. */
export interface FailedCall {
  /** `open`, `mkdir`, `rename`, … */
  readonly syscall: string;
  readonly path?: string;
  /** The target of a rename. */
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
  /** Description of the failure; `message` is `code: reason`. */
  readonly reason: string;
  /** A later retry of the same call can succeed. */
  readonly retriable: boolean;
  readonly syscall: string;
  readonly path: string | undefined;
  readonly dest: string | undefined;
  /** With EBUSY: the client that writes the file. */
  readonly holder: string | undefined;
  /** With `holder`: milliseconds until the path is free, if that client is not heard any more. */
  readonly freeAfterMs: number | undefined;

  constructor(failure: DfsError, call: FailedCall) {
    super(`${failure.errno}: ${failure.message}`, { cause: failure });
    this.code = failure.errno;
    this.dfsCode = failure.code;
    this.reason = failure.message;
    this.retriable = failure.retriable;
    this.syscall = call.syscall;
    this.path = call.path;
    this.dest = call.dest;
    this.holder = failure.holder;
    this.freeAfterMs = failure.freeAfterMs;
  }
}

/**
 * Converts a value thrown inside the client into an error of the SDK.
 * @param signal the caller's: after it fired, failures are its consequence, except that a mutation which was sent may have taken effect
 */
export function toSdkError(error: unknown, call: FailedCall, signal?: AbortSignal): Error {
  if (error instanceof DistriFSError || isCallersError(error)) return error;
  if (signal?.aborted === true && !isDfsError(error, 'OUTCOME_UNKNOWN')) return new AbortError(signal);
  const where = call.path === undefined ? '' : ` "${call.path}"`;
  return new DistriFSError(toDfsError(error, `Call ${call.syscall}${where} failed`), call);
}

/**
 * Runs a call of the SDK. Rejects only with DistriFSError, errors about arguments, and AbortError.
 * @param signal ends the call; `run` observes it too
 */
export async function sdkCall<T>(call: FailedCall, signal: AbortSignal | undefined, run: () => Promise<T>): Promise<T> {
  if (signal?.aborted === true) throw new AbortError(signal);
  try {
    return await run();
  } catch (error) {
    throw toSdkError(error, call, signal);
  }
}
