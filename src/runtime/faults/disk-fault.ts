/** Faults of disks, for simulated and real machines: the faults that can be injected, and the calls that each affects. Pure. */

import { DfsError } from '../../shared/errors.js';
import { codeOfErrno } from '../rules/errno.js';

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
      /** Operations fail, by default with IO_ERROR, and have no effect; a failed sync also loses data, as a failed fsync does. */
      readonly kind: 'eio';
      readonly operations: readonly DiskOperation[];
      /** Probability of a failure, 0..1, drawn for each affected operation. */
      readonly probability: number;
      /** The code of the system error, such as `ENOENT`. Default: `EIO` */
      readonly errno?: string;
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
  /** Operations that begin do not go on before the fault is lifted. */
  | {
      readonly kind: 'hang';
      readonly operations: readonly DiskOperation[];
      /** As of an `eio`. */
      readonly path?: (path: string) => boolean;
    }
  /** Syncs succeed, and keep nothing. */
  | { readonly kind: 'lie' }
  /** Something else fills the disk until this much is left. */
  | { readonly kind: 'fill'; readonly freeBytes: number };

/** Tells whether a fault concerns an operation, whatever its file. */
function concernsOperation(fault: DiskFault, operation: DiskOperation): boolean {
  return (
    (fault.kind === 'eio' || fault.kind === 'hang' || fault.kind === 'slow') && fault.operations?.includes(operation) !== false
  );
}

/** How much longer an operation takes because of a fault, ms; undefined: the fault leaves it alone. */
export function delayMsOf(fault: DiskFault, operation: DiskOperation): number | undefined {
  return fault.kind === 'slow' && concernsOperation(fault, operation) ? fault.delayMs : undefined;
}

/** Tells whether an operation is only said to be done because of a fault. */
export const isLie = (fault: DiskFault, operation: DiskOperation): boolean =>
  fault.kind === 'lie' && (operation === 'sync' || operation === 'syncDirectory');

/** On one line, as records of a simulation show it. */
export function diskFaultText(fault: DiskFault): string {
  switch (fault.kind) {
    case 'eio':
      return `${(fault.errno ?? 'EIO').toLowerCase()} ${fault.operations.join()} ${fault.probability}${fault.offsetBytes === undefined ? '' : ` @${fault.offsetBytes}`}`;
    case 'enospc':
      return 'enospc';
    case 'slow':
      return `slow ${fault.operations === undefined ? '' : `${fault.operations.join()} `}${fault.delayMs} ms`;
    case 'hang':
      return `hang ${fault.operations.join()}`;
    case 'lie':
      return 'lie';
    case 'fill':
      return `fill ${fault.freeBytes}`;
  }
}

/** Tells whether an operation that begins waits for the end of a fault. */
export const hangs = (fault: DiskFault, operation: DiskOperation, paths: readonly string[]): boolean =>
  fault.kind === 'hang' && concernsOperation(fault, operation) && paths.some((one) => fault.path?.(one) ?? true);

/** Operations of which it is certain that they change the folder: an open may do either. */
const CHANGES: ReadonlySet<DiskOperation> = new Set(['write', 'truncate', 'sync', 'rename', 'remove', 'makeDirectory']);

/** The failure of an operation. */
export function injectedFailure(
  { errno = 'EIO' }: Extract<DiskFault, { readonly kind: 'eio' }>,
  operation: DiskOperation,
  paths: readonly string[],
): DfsError {
  const what = `Disk operation ${operation} of "${paths.join('", "')}"`;
  return new DfsError(codeOfErrno(errno, CHANGES.has(operation)), `${what} failed: injected fault (${errno})`);
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
