/** Faults of disks, clocks and CPUs in force on machines of a simulation. */
import type { Imposed } from '../../runtime/memory/imposed.js';
import type { Machine } from '../../runtime/memory/machine.js';
import type { DiskFault as MachineDiskFault, DiskOperation } from '../../runtime/memory/machine-disk.js';
import type { CpuFault, DiskFault, FailingCalls, Injection, MachineFault } from '../faults.js';
import { isOfKind } from '../file-kinds.js';

/** What fails of a disk that fails. Locks, closing and the look at free space never do: they touch no block. */
const FAILING: Record<FailingCalls, readonly DiskOperation[]> = {
  read: ['read', 'list'],
  write: ['write', 'truncate', 'rename', 'remove', 'makeDirectory'],
  sync: ['sync', 'syncDirectory'],
  any: ['open', 'read', 'list', 'sizeBytes', 'write', 'truncate', 'rename', 'remove', 'makeDirectory', 'sync', 'syncDirectory'],
};

const COUNTS: Record<(MachineFault | CpuFault)['action'], string> = {
  eio: 'disk calls failed',
  enospc: 'disk calls that found no room',
  fill: 'disk calls that found too little room',
  slow: 'disk calls slowed',
  jump: 'looks at a wrong clock',
  skew: 'looks at a wrong clock',
  drift: 'looks at a wrong clock',
  'slow-cpu': 'periods cut short',
};

/** Puts a fault in force on every one of the machines. */
export function injectOnMachines(fault: MachineFault | CpuFault, machines: readonly Machine[]): Injection {
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

function imposeOn(machine: Machine, fault: MachineFault | CpuFault): Imposed {
  switch (fault.action) {
    case 'jump':
    case 'skew':
      return machine.imposeClock({ kind: fault.action, offsetMs: fault.offsetMs });
    case 'slow-cpu':
      return machine.imposeCpu({ stoppedPercent: fault.percent });
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
    case 'eio': {
      const { calls, percent, file, offsetBytes } = fault;
      return {
        kind: 'eio',
        operations: FAILING[calls],
        probability: percent / 100,
        ...(file === undefined ? {} : { path: (path: string) => isOfKind(file, path) }),
        ...(offsetBytes === undefined ? {} : { offsetBytes }),
      };
    }
    case 'enospc':
      return { kind: 'enospc' };
    case 'slow':
      return { kind: 'slow', delayMs: fault.delayMs };
    case 'fill':
      return { kind: 'fill', freeBytes: fault.freeBytes };
  }
}
