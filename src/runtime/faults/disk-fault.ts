/** Faults of disks, for simulated and real machines: the faults that can be injected, and the calls that each affects. Pure. */

/** The operations of a runtime's disk. */
export type DiskOperation =
  | 'lock'
  | 'open'
  | 'read'
  | 'write'
  | 'sync'
  | 'truncate'
  | 'sizeBytes'
  | 'close'
  | 'rename'
  | 'remove'
  | 'list'
  | 'makeDirectory'
  | 'syncDirectory'
  | 'space';

export type DiskFault =
  | {
      /** Operations fail with IO_ERROR and have no effect; a failed sync also loses data, as a failed fsync does. */
      readonly kind: 'eio';
      readonly operations: readonly DiskOperation[];
      /** Probability of a failure, 0..1, drawn for each affected operation. */
      readonly probability: number;
      /** Affects only operations on a matching path (of a rename, either path). Default: all. */
      readonly path?: (path: string) => boolean;
      /** Affects only reads and writes that touch this byte. Default: all operations. */
      readonly offsetBytes?: number;
    }
  /** Operations that would extend a file fail with NO_SPACE. */
  | { readonly kind: 'enospc' }
  /** Every operation takes this much longer, in milliseconds. */
  | { readonly kind: 'slow'; readonly delayMs: number }
  /** The disk is filled until this much space is free. */
  | { readonly kind: 'fill'; readonly freeBytes: number };

/** The range of bytes that a read or write touches. */
export interface TouchedBytes {
  readonly position: number;
  readonly bytes: number;
}

/** Returns whether an `eio` affects an operation, before the probability is drawn. @param touched the range of a read or write */
export function concerns(
  { operations, path, offsetBytes }: Extract<DiskFault, { readonly kind: 'eio' }>,
  operation: DiskOperation,
  paths: readonly string[],
  touched: TouchedBytes | null,
): boolean {
  if (!operations.includes(operation) || !paths.some((one) => path?.(one) ?? true)) return false;
  if (offsetBytes === undefined) return true;
  return touched !== null && offsetBytes >= touched.position && offsetBytes < touched.position + touched.bytes;
}
