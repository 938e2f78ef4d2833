/** Puts faults in force on a cluster of real nodes: which part of the lab does what. */
import { DfsError } from '../shared/errors.js';
import { damageFiles } from './disk-strikes.js';
import type { StruckDisks } from './disk-strikes.js';
import type { DamageFault, Injection, LastingFault } from './faults.js';
import type { LabNetwork } from './lab-network.js';
import type { ManagedNode } from './managed-node.js';
import { cutsOf } from './partition-rules.js';
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
  { targets, lot }: InjectOptions,
): Promise<Injection> {
  const nodeIds = nodes.map(({ id }) => id);
  switch (fault.action) {
    case 'partition':
    case 'isolate':
      return network.cut(cutsOf(fault, nodeIds, targets));
    case 'bitflip':
    case 'truncate':
    case 'remove':
      return damageFiles(disks, nodeIds, fault, lot);
    default:
      throw new DfsError('UNIMPLEMENTED', `${fault.action} is not available on processes yet; lab sim has it`);
  }
}
