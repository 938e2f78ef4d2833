/** Puts faults in force on a cluster of real nodes: which part of the lab does what. */
import { DfsError } from '../shared/errors.js';
import { damageFiles } from './disk-strikes.js';
import type { StruckDisks } from './disk-strikes.js';
import type { DamageFault, Injection, LastingFault } from './faults.js';
import type { LabNetwork } from './lab-network.js';
import type { ManagedNode } from './managed-node.js';
import type { InjectOptions } from './types.js';

/** What a fault may act on. */
export interface InjectedWorld {
  readonly network: LabNetwork;
  readonly disks: StruckDisks;
  /** The chosen ones. */
  readonly nodes: readonly ManagedNode[];
}

/** @throws NothingToStrike @throws DfsError UNIMPLEMENTED */
export async function injectInto(
  { network, disks, nodes }: InjectedWorld,
  fault: LastingFault | DamageFault,
  options: InjectOptions,
): Promise<Injection> {
  const nodeIds = nodes.map(({ id }) => id);
  switch (fault.action) {
    case 'partition':
    case 'isolate':
    case 'delay':
    case 'bandwidth':
    case 'reset':
    case 'refuse':
      return network.impose(fault, nodeIds, options);
    case 'bitflip':
    case 'truncate':
    case 'remove':
      return damageFiles(disks, nodeIds, fault, options.lot);
    default:
      throw new DfsError('UNIMPLEMENTED', `${fault.action} is not available on processes yet; lab sim has it`);
  }
}
