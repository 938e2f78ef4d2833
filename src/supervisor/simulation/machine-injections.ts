/** Faults of disks and clocks in force on machines of a simulation. */
import type { Imposed } from '../../runtime/memory/imposed.js';
import type { Machine } from '../../runtime/memory/machine.js';
import type { DiskFault as MachineDiskFault, DiskOperation } from '../../runtime/memory/machine-disk.js';
import type { ClockFault, DiskFault, FailingCalls, Injection } from '../faults.js';

/** What fails of a disk that fails. Locks, closing and the look at free space never do: they touch no block. */
const FAILING: Record<FailingCalls, readonly DiskOperation[]> = {
  read: ['read', 'list'],
  write: ['write', 'truncate', 'rename', 'remove', 'makeDirectory'],
  sync: ['sync', 'syncDirectory'],
  any: ['open', 'read', 'list', 'sizeBytes', 'write', 'truncate', 'rename', 'remove', 'makeDirectory', 'sync', 'syncDirectory'],
};

const COUNTS: Record<(DiskFault | ClockFault)['action'], string> = {
  eio: 'disk calls failed',
  enospc: 'disk calls that found no room',
  fill: 'disk calls that found too little room',
  slow: 'disk calls slowed',
  jump: 'looks at a wrong clock',
  skew: 'looks at a wrong clock',
  drift: 'looks at a wrong clock',
};

/** Puts a fault in force on every one of the machines. */
export function injectOnMachines(fault: DiskFault | ClockFault, machines: readonly Machine[]): Injection {
  const imposed = machines.map((machine) => imposeOn(machine, fault));
  return {
    counts: COUNTS[fault.action],
    effects: () => Promise.resolve(imposed.reduce((sum, { hits }) => sum + hits, 0)),
    lift: () => {
      for (const one of imposed) one.lift();
      return Promise.resolve();
    },
  };
}

function imposeOn(machine: Machine, fault: DiskFault | ClockFault): Imposed {
  switch (fault.action) {
    case 'jump':
    case 'skew':
      return machine.imposeClock({ kind: fault.action, offsetMs: fault.offsetMs });
    case 'drift':
      return machine.imposeClock({ kind: 'drift', ppm: fault.ppm });
    case 'eio':
    case 'enospc':
    case 'slow':
    case 'fill':
      return machine.disk.impose(diskFault(fault));
  }
}

function diskFault(fault: DiskFault): MachineDiskFault {
  switch (fault.action) {
    case 'eio':
      return { kind: 'eio', operations: FAILING[fault.calls], probability: fault.percent / 100 };
    case 'enospc':
      return { kind: 'enospc' };
    case 'slow':
      return { kind: 'slow', delayMs: fault.delayMs };
    case 'fill':
      return { kind: 'fill', freeBytes: fault.freeBytes };
  }
}
