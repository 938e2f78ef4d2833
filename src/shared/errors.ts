/** The error type of DistriFS: its code, whether a retry can succeed, and the corresponding errno and gRPC status. */
import { messageOf } from './error-text.js';

interface CodeTraits {
  /** A retry of the same call, later or at another node, can succeed. */
  readonly retriable: boolean;
  /** gRPC status name. */
  readonly grpcStatus: GrpcStatusName;
  /** Node's errno-style code, for programs written for `fs`. */
  readonly errno: string;
}

export type GrpcStatusName =
  | 'CANCELLED'
  | 'UNKNOWN'
  | 'INVALID_ARGUMENT'
  | 'DEADLINE_EXCEEDED'
  | 'NOT_FOUND'
  | 'ALREADY_EXISTS'
  | 'PERMISSION_DENIED'
  | 'RESOURCE_EXHAUSTED'
  | 'FAILED_PRECONDITION'
  | 'ABORTED'
  | 'UNIMPLEMENTED'
  | 'INTERNAL'
  | 'UNAVAILABLE'
  | 'DATA_LOSS';

const traits = <const T extends Record<string, CodeTraits>>(table: T): T => table;

/** All error codes. This table alone decides whether an error may be retried. */
const CODES = traits({
  // Namespace
  NOT_FOUND: { retriable: false, grpcStatus: 'NOT_FOUND', errno: 'ENOENT' },
  ALREADY_EXISTS: { retriable: false, grpcStatus: 'ALREADY_EXISTS', errno: 'EEXIST' },
  NOT_A_DIRECTORY: { retriable: false, grpcStatus: 'FAILED_PRECONDITION', errno: 'ENOTDIR' },
  IS_A_DIRECTORY: { retriable: false, grpcStatus: 'FAILED_PRECONDITION', errno: 'EISDIR' },
  NOT_EMPTY: { retriable: false, grpcStatus: 'FAILED_PRECONDITION', errno: 'ENOTEMPTY' },
  PERMISSION_DENIED: { retriable: false, grpcStatus: 'PERMISSION_DENIED', errno: 'EACCES' },
  INVALID_ARGUMENT: { retriable: false, grpcStatus: 'INVALID_ARGUMENT', errno: 'EINVAL' },
  NAME_TOO_LONG: { retriable: false, grpcStatus: 'INVALID_ARGUMENT', errno: 'ENAMETOOLONG' },
  /** Another writer holds the file's lease. */
  FILE_BUSY: { retriable: false, grpcStatus: 'FAILED_PRECONDITION', errno: 'EBUSY' },
  /** No file was there to be removed, but an unfinished one whose writer is gone: that one was removed. */
  UNFINISHED_REMOVED: { retriable: false, grpcStatus: 'NOT_FOUND', errno: 'ENOENT' },
  /** This writer lost its lease, or the unfinished file no longer exists. */
  LEASE_LOST: { retriable: false, grpcStatus: 'FAILED_PRECONDITION', errno: 'ESTALE' },
  /** An open handle's file was deleted or replaced. */
  STALE_HANDLE: { retriable: false, grpcStatus: 'FAILED_PRECONDITION', errno: 'ESTALE' },
  // Masters
  SAFE_MODE: { retriable: true, grpcStatus: 'UNAVAILABLE', errno: 'EAGAIN' },
  NOT_LEADER: { retriable: true, grpcStatus: 'UNAVAILABLE', errno: 'EAGAIN' },
  STALE_TERM: { retriable: false, grpcStatus: 'FAILED_PRECONDITION', errno: 'ESTALE' },
  SESSION_EXPIRED: { retriable: false, grpcStatus: 'FAILED_PRECONDITION', errno: 'ESTALE' },
  /** The mutation may or may not have taken effect; a mutation still in transit can take effect until its session sends another. */
  OUTCOME_UNKNOWN: { retriable: false, grpcStatus: 'UNKNOWN', errno: 'EIO' },
  NOT_INITIALIZED: { retriable: false, grpcStatus: 'FAILED_PRECONDITION', errno: 'EINVAL' },
  FOREIGN_CLUSTER: { retriable: false, grpcStatus: 'FAILED_PRECONDITION', errno: 'EINVAL' },
  LOG_DAMAGED: { retriable: false, grpcStatus: 'DATA_LOSS', errno: 'EIO' },
  // Chunks
  /** A write names an outdated version. */
  STALE_VERSION: { retriable: false, grpcStatus: 'FAILED_PRECONDITION', errno: 'ESTALE' },
  /** Compare-and-set of a chunk's version failed. */
  VERSION_CONFLICT: { retriable: false, grpcStatus: 'ABORTED', errno: 'ESTALE' },
  CHUNK_NOT_FOUND: { retriable: false, grpcStatus: 'NOT_FOUND', errno: 'EIO' },
  /** No replica of a chunk can be read now. */
  CHUNK_UNAVAILABLE: { retriable: true, grpcStatus: 'UNAVAILABLE', errno: 'EIO' },
  /** A stored or received block does not match its checksum. */
  DATA_CORRUPT: { retriable: true, grpcStatus: 'DATA_LOSS', errno: 'EIO' },
  /** Too few nodes can store a chunk for the write to be safe. */
  NOT_ENOUGH_REPLICAS: { retriable: true, grpcStatus: 'UNAVAILABLE', errno: 'EAGAIN' },
  /** The data folder takes no changes: it is mounted read-only, or permissions are missing. */
  READ_ONLY: { retriable: true, grpcStatus: 'FAILED_PRECONDITION', errno: 'EROFS' },
  NO_SPACE: { retriable: true, grpcStatus: 'RESOURCE_EXHAUSTED', errno: 'ENOSPC' },
  // Transport and limits
  UNAVAILABLE: { retriable: true, grpcStatus: 'UNAVAILABLE', errno: 'ECONNREFUSED' },
  CONNECTION_LOST: { retriable: true, grpcStatus: 'UNAVAILABLE', errno: 'ECONNRESET' },
  DEADLINE_EXCEEDED: { retriable: true, grpcStatus: 'DEADLINE_EXCEEDED', errno: 'ETIMEDOUT' },
  CANCELLED: { retriable: false, grpcStatus: 'CANCELLED', errno: 'ECANCELED' },
  RESOURCE_EXHAUSTED: { retriable: true, grpcStatus: 'RESOURCE_EXHAUSTED', errno: 'EAGAIN' },
  PROTOCOL_ERROR: { retriable: false, grpcStatus: 'INVALID_ARGUMENT', errno: 'EPROTO' },
  UNIMPLEMENTED: { retriable: false, grpcStatus: 'UNIMPLEMENTED', errno: 'ENOSYS' },
  // The machine
  DATA_DIR_LOCKED: { retriable: false, grpcStatus: 'FAILED_PRECONDITION', errno: 'EBUSY' },
  ADDRESS_IN_USE: { retriable: false, grpcStatus: 'FAILED_PRECONDITION', errno: 'EADDRINUSE' },
  IO_ERROR: { retriable: false, grpcStatus: 'INTERNAL', errno: 'EIO' },
  /** A master of the group is of a release that cannot apply the operation: nothing was done, and it can be once that one is upgraded. */
  NOT_AVAILABLE_YET: { retriable: false, grpcStatus: 'UNIMPLEMENTED', errno: 'ENOSYS' },
  INTERNAL: { retriable: false, grpcStatus: 'INTERNAL', errno: 'EIO' },
});

export type ErrorCode = keyof typeof CODES;

export interface DfsErrorOptions {
  /** The underlying error. */
  readonly cause?: unknown;
  /** Overrides the default of the error code. */
  readonly retriable?: boolean;
  /** The node that caused the failure. */
  readonly nodeId?: string;
  /** With NOT_LEADER: host:port of the presumed leader. */
  readonly leaderHint?: string;
  /** With FILE_BUSY: the client that writes the file, by its name and, where it is known, its host:port. */
  readonly holder?: string;
  /** With FILE_BUSY: milliseconds until another writer may have the path, if the holder is not heard any more. */
  readonly freeAfterMs?: number;
}

/** A failure reported by DistriFS. `message` names the failed action, quotes its values, and says what can be done. */
export class DfsError extends Error {
  override readonly name = 'DfsError';
  readonly code: ErrorCode;
  readonly retriable: boolean;
  readonly nodeId: string | undefined;
  readonly leaderHint: string | undefined;
  readonly holder: string | undefined;
  readonly freeAfterMs: number | undefined;

  /**
   * @param code the kind of failure
   * @param message the action that failed, with its values quoted
   */
  constructor(code: ErrorCode, message: string, options: DfsErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.retriable = options.retriable ?? CODES[code].retriable;
    this.nodeId = options.nodeId;
    this.leaderHint = options.leaderHint;
    this.holder = options.holder;
    this.freeAfterMs = options.freeAfterMs;
  }

  /** Node's errno-style code: `ENOENT`, `EEXIST`, … */
  get errno(): string {
    return CODES[this.code].errno;
  }

  /** The gRPC status that carries this error. */
  get grpcStatus(): GrpcStatusName {
    return CODES[this.code].grpcStatus;
  }
}

/** Returns whether a received string is a known error code. */
export function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(CODES, code);
}

/**
 * Converts a thrown value into a DfsError. A DfsError is returned unchanged; any other value becomes INTERNAL (a bug, or an
 * unclassified failure).
 * @param action the failed action, for the message
 */
export function toDfsError(error: unknown, action: string): DfsError {
  if (error instanceof DfsError) return error;
  const reason = messageOf(error);
  return new DfsError('INTERNAL', `${action}: ${reason}`, { cause: error });
}

/** Returns whether an error is a DfsError, and, where codes are given, has one of the codes. */
export function isDfsError(error: unknown, ...codes: readonly ErrorCode[]): error is DfsError {
  return error instanceof DfsError && (codes.length === 0 || codes.includes(error.code));
}
