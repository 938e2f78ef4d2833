/** Puts faults in force on a simulated cluster: which part of it does what. As cluster-injections.ts for real nodes. */
import type { Machine } from '../../runtime/memory/machine.js';
import { damageFiles } from '../disk-strikes.js';
import type { StruckDisks } from '../disk-strikes.js';
import type { DamageFault, Injection, LastingFault } from '../faults.js';
import type { InjectOptions } from '../types.js';
import { injectOnMachines } from './machine-injections.js';
import type { NetworkInjections } from './network-injections.js';

/** What a fault may act on. */
export interface SimulatedTargets {
  readonly links: NetworkInjections;
  readonly disks: StruckDisks;
  readonly machine: (nodeId: string) => Machine;
}

/** @throws NothingToStrike */
export async function injectIntoSimulation(
  { links, disks, machine }: SimulatedTargets,
  fault: LastingFault | DamageFault,
  nodeIds: readonly string[],
  options: InjectOptions,
): Promise<Injection> {
  const ids = [...new Set(nodeIds)];
  switch (fault.action) {
    case 'partition':
    case 'isolate':
    case 'delay':
    case 'bandwidth':
    case 'reset':
    case 'refuse':
      return links.impose(fault, ids, options);
    case 'bitflip':
    case 'truncate':
    case 'remove':
      return damageFiles(disks, nodeIds, fault, options.lot);
    case 'eio':
    case 'enospc':
    case 'slow':
    case 'fill':
    case 'jump':
    case 'skew':
    case 'drift':
    case 'slow-cpu':
      return injectOnMachines(fault, ids.map(machine));
  }
}
