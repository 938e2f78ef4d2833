/** Turns a fault of a node's disk or clock into the setting of a machine, simulated or real: one meaning for both. Pure. */
import type { DiskFault as MachineDiskFault, DiskOperation } from '../../runtime/faults/disk-fault.js';
import type { ClockFault as MachineClockFault } from '../../runtime/faults/wall-clock.js';
import type { ClockFault, DiskFault, FailingCalls, MachineFault } from '../api/fault.js';
import { FAULTS } from '../api/fault-table.js';
import { isOfKind } from './file-kinds.js';

/** What fails of a disk that fails. Locks, closing and the look at free space never do: they touch no block. */
const FAILING: Record<FailingCalls, readonly DiskOperation[]> = {
  read: ['read', 'list'],
  write: ['write', 'truncate', 'rename', 'remove', 'makeDirectory'],
  sync: ['sync', 'syncDirectory'],
  any: ['open', 'read', 'list', 'sizeBytes', 'write', 'truncate', 'rename', 'remove', 'makeDirectory', 'sync', 'syncDirectory'],
};

export const isClockFault = (fault: MachineFault): fault is ClockFault => FAULTS[fault.action].scope === 'clock';

export function clockFaultOf(fault: ClockFault): MachineClockFault {
  if (fault.action === 'drift') return { kind: 'drift', ppm: fault.ppm };
  return { kind: fault.action, offsetMs: fault.offsetMs };
}

export function diskFaultOf(fault: DiskFault): MachineDiskFault {
  switch (fault.action) {
    case 'eio': {
      const { file, offsetBytes } = fault;
      return {
        kind: 'eio',
        operations: FAILING[fault.calls],
        probability: fault.percent / 100,
        ...(file === undefined ? {} : { path: (path: string) => isOfKind(file, path) }),
        ...(offsetBytes === undefined ? {} : { offsetBytes }),
      };
    }
    case 'enospc':
      return { kind: 'enospc' };
    case 'slow':
      return { kind: 'slow', delayMs: fault.delayMs };
    case 'fsync-delay':
      return { kind: 'slow', delayMs: fault.delayMs, operations: FAILING.sync };
    case 'fill':
      return { kind: 'fill', freeBytes: fault.freeBytes };
  }
}
