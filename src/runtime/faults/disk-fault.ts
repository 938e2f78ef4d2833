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
  /** Operations take this much longer. */
  | {
      readonly kind: 'slow';
      readonly delayMs: number;
      /** Left out: all. */
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

/** Tells whether an `eio` concerns an operation; chance comes on top. @param touched of a read or a write */
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
