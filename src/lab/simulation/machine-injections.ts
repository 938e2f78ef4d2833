/** Faults of disks, clocks and CPUs in force on machines of a simulation. */
import type { Imposed } from '../../runtime/memory/imposed.js';
import type { Machine } from '../../runtime/memory/machine.js';
import type { CpuFault, Injection, MachineFault } from '../../supervisor/api/fault.js';
import { clockFaultOf, diskFaultOf, isClockFault, MACHINE_COUNTS } from '../../supervisor/faults/machine-fault.js';

/** Puts a fault in force on every one of the machines. */
export function injectOnMachines(fault: MachineFault | CpuFault, machines: readonly Machine[]): Injection {
  const imposed = machines.map((machine) => imposeOn(machine, fault));
  return {
    counts: MACHINE_COUNTS[fault.action],
    effects: () => Promise.resolve(imposed.reduce((sum, { hits }) => sum + hits, 0)),
    lift: () => {
      for (const one of imposed) one.lift();
      return Promise.resolve();
    },
  };
}

function imposeOn(machine: Machine, fault: MachineFault | CpuFault): Imposed {
  if (fault.action === 'slow-cpu') return machine.imposeCpu({ stoppedPercent: fault.percent });
  return isClockFault(fault) ? machine.imposeClock(clockFaultOf(fault)) : machine.disk.impose(diskFaultOf(fault));
}
