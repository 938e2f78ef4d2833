/** Turns a fault of a node's disk or clock into the setting of a machine, simulated or real: one meaning for both. Pure. */
import type { DiskFault as MachineDiskFault, DiskOperation } from '../../runtime/faults/disk-fault.js';
import type { ClockFault as MachineClockFault } from '../../runtime/faults/wall-clock.js';
import type { ClockFault, DamagedFile, DiskFault, FailingCalls, MachineFault } from '../api/fault.js';
import { FAULTS } from '../api/fault-table.js';
import { isOfKind } from './file-kinds.js';

/** What fails of a disk that fails. Locks, closing and the look at free space never do: they touch no block. */
const FAILING: Record<FailingCalls, readonly DiskOperation[]> = {
  read: ['read', 'list'],
  write: ['write', 'truncate', 'rename', 'remove', 'makeDirectory'],
  sync: ['sync', 'syncDirectory'],
  open: ['open'],
  rename: ['rename'],
  any: ['open', 'read', 'list', 'sizeBytes', 'write', 'truncate', 'rename', 'remove', 'makeDirectory', 'sync', 'syncDirectory'],
};

export const isClockFault = (fault: MachineFault): fault is ClockFault => FAULTS[fault.action].scope === 'clock';

export function clockFaultOf(fault: ClockFault): MachineClockFault {
  if (fault.action === 'drift') return { kind: 'drift', ppm: fault.ppm };
  return { kind: fault.action, offsetMs: fault.offsetMs };
}

/** Which files; no field for all. */
const pathOf = (file: DamagedFile | undefined): { readonly path?: (path: string) => boolean } =>
  file === undefined ? {} : { path: (path) => isOfKind(file, path) };

export function diskFaultOf(fault: DiskFault): MachineDiskFault {
  switch (fault.action) {
    case 'eio': {
      const { file, offsetBytes } = fault;
      return {
        kind: 'eio',
        operations: FAILING[fault.calls],
        probability: fault.percent / 100,
        ...(fault.errno === undefined ? {} : { errno: fault.errno }),
        ...pathOf(file),
        ...(offsetBytes === undefined ? {} : { offsetBytes }),
      };
    }
    case 'hang':
      return { kind: 'hang', operations: FAILING[fault.calls], ...pathOf(fault.file) };
    case 'enospc':
      return { kind: 'enospc' };
    case 'slow':
      return { kind: 'slow', delayMs: fault.delayMs };
    case 'fsync-delay':
      return { kind: 'slow', delayMs: fault.delayMs, operations: FAILING.sync };
    case 'lying-disk':
      return { kind: 'lie' };
    case 'fill':
      return { kind: 'fill', freeBytes: fault.freeBytes };
  }
}
