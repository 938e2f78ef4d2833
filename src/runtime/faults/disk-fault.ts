/** Faults of disks, the same for simulated machines and for real ones: what may be imposed, and which calls it concerns. Pure. */

/** What a runtime's disk can be asked to do. */
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
      /** Operations fail with IO_ERROR and have no effect; a failed sync loses what a failed fsync does. */
      readonly kind: 'eio';
      readonly operations: readonly DiskOperation[];
      /** 0..1, drawn for each such operation. */
      readonly probability: number;
      /** Only operations on such a path (of a rename, either). Left out: all. */
      readonly path?: (path: string) => boolean;
      /** Only reads and writes that touch this byte. Left out: all operations. */
      readonly offsetBytes?: number;
    }
  /** What would make a file grow fails with NO_SPACE. */
  | { readonly kind: 'enospc' }
  /** Every operation takes this much longer. */
  | { readonly kind: 'slow'; readonly delayMs: number }
  /** Something else fills the disk until this much is left. */
  | { readonly kind: 'fill'; readonly freeBytes: number };

/** Bytes of a file that a read or a write touches. */
export interface TouchedBytes {
  readonly position: number;
  readonly bytes: number;
}

/** Tells whether an `eio` concerns an operation; chance comes on top. @param touched of a read or a write */
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
