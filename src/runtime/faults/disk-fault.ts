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
  /** Operations take this much longer. */
  | {
      readonly kind: 'slow';
      readonly delayMs: number;
      /** Default: all. */
      readonly operations?: readonly DiskOperation[];
    }
  /** Something else fills the disk until this much is left. */
  | { readonly kind: 'fill'; readonly freeBytes: number };

/** Tells whether a fault concerns an operation, whatever its file. */
function concernsOperation(fault: DiskFault, operation: DiskOperation): boolean {
  return (fault.kind === 'eio' || fault.kind === 'slow') && fault.operations?.includes(operation) !== false;
}

/** How much longer an operation takes because of a fault, ms; undefined: the fault leaves it alone. */
export function delayMsOf(fault: DiskFault, operation: DiskOperation): number | undefined {
  return fault.kind === 'slow' && concernsOperation(fault, operation) ? fault.delayMs : undefined;
}

/** On one line, as records of a simulation show it. */
export function diskFaultText(fault: DiskFault): string {
  switch (fault.kind) {
    case 'eio':
      return `eio ${fault.operations.join()} ${fault.probability}${fault.offsetBytes === undefined ? '' : ` @${fault.offsetBytes}`}`;
    case 'enospc':
      return 'enospc';
    case 'slow':
      return `slow ${fault.operations === undefined ? '' : `${fault.operations.join()} `}${fault.delayMs} ms`;
    case 'fill':
      return `fill ${fault.freeBytes}`;
  }
}

/** Bytes of a file that a read or a write touches. */
export interface TouchedBytes {
  readonly position: number;
  readonly bytes: number;
}

/** Returns whether an `eio` affects an operation, before the probability is drawn. @param touched the range of a read or write */
export function concerns(
  fault: Extract<DiskFault, { readonly kind: 'eio' }>,
  operation: DiskOperation,
  paths: readonly string[],
  touched: TouchedBytes | null,
): boolean {
  const { path, offsetBytes } = fault;
  if (!concernsOperation(fault, operation) || !paths.some((one) => path?.(one) ?? true)) return false;
  if (offsetBytes === undefined) return true;
  return touched !== null && offsetBytes >= touched.position && offsetBytes < touched.position + touched.bytes;
}
