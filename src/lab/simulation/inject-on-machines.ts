/** Injects faults of disks, clocks and CPUs on machines of a simulation. */
import type { CountedFault } from '../../runtime/faults/injected-fault.js';
import type { Machine } from '../../runtime/memory/machine.js';
import type { CpuFault, ActiveFault, MachineFault } from '../../supervisor/api/fault.js';
import { countsOf } from '../../supervisor/api/fault.js';
import { clockFaultOf, diskFaultOf, isClockFault } from '../../supervisor/faults/machine-fault.js';

/** Injects a fault on every one of the machines. */
export function injectOnMachines(fault: MachineFault | CpuFault, machines: readonly Machine[]): ActiveFault {
  const active = machines.map((machine) => injectOn(machine, fault));
  return {
    counts: countsOf(fault),
    effects: () => Promise.resolve(active.reduce((sum, { hits }) => sum + hits, 0)),
    lift: () => {
      for (const one of active) one.lift();
      return Promise.resolve();
    },
  };
}

function injectOn(machine: Machine, fault: MachineFault | CpuFault): CountedFault {
  if (fault.action === 'slow-cpu') return machine.injectCpu({ stoppedPercent: fault.percent });
  return isClockFault(fault) ? machine.injectClock(clockFaultOf(fault)) : machine.disk.inject(diskFaultOf(fault));
}
