/** Injects faults on a cluster of real nodes: which part of the lab does what. */
import { toDfsError } from '../../shared/errors.js';
import { damageFiles } from '../faults/disk-strikes.js';
import type { DamageableDisks } from '../faults/disk-strikes.js';
import { countsOf, isDamage, isOnLinks } from '../api/fault.js';
import type { CpuFault, DamageFault, ActiveFault, LastingFault, MachineFault } from '../api/fault.js';
import type { Clones } from './clones.js';
import { usedBytesOf } from './folder-disk.js';
import type { LabNetwork } from '../network/cluster-network.js';
import type { NodeFault } from './machine-faults.js';
import type { ManagedNode } from './managed-node.js';
import type { InjectOptions } from '../api/cluster-control.js';

/** What a fault may act on. */
export interface InjectedWorld {
  readonly network: LabNetwork;
  readonly disks: DamageableDisks;
  readonly clones: Clones;
  /** The chosen ones. */
  readonly nodes: readonly ManagedNode[];
}

/** @throws NothingToDamage @throws DfsError */
export async function injectInto(
  { network, disks, nodes, clones }: InjectedWorld,
  fault: LastingFault | DamageFault,
  options: InjectOptions,
): Promise<ActiveFault> {
  const nodeIds = nodes.map(({ id }) => id);
  if (isOnLinks(fault)) return network.inject(fault, nodeIds, options);
  if (isDamage(fault)) return damageFiles(disks, nodeIds, fault, options.choiceSeed);
  if (fault.action === 'clone') return clones.inject(fault, nodes);
  if (fault.action !== 'slow-cpu') return together(fault, await injectOn(nodes, fault));
  return together(
    fault,
    nodes.map((node) => node.faults.slow(fault)),
  );
}

/** On all of them, or on none. @throws DfsError when a node refuses */
async function injectOn(nodes: readonly ManagedNode[], fault: MachineFault): Promise<NodeFault[]> {
  const active = await Promise.allSettled(
    nodes.map(async (node) => {
      const limitBytes = fault.action === 'fill' ? usedBytesOf(node.dataDir) + fault.freeBytes : undefined;
      return node.faults.inject(fault, limitBytes);
    }),
  );
  const inForce = active.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  const refused = active.find((one) => one.status === 'rejected');
  if (refused?.status !== 'rejected') return inForce;
  await Promise.all(inForce.map((one) => one.lift()));
  throw toDfsError(refused.reason, `Cannot inject ${fault.action}`);
}

/** One fault on several nodes. */
function together(fault: MachineFault | CpuFault, nodes: readonly NodeFault[]): ActiveFault {
  return {
    counts: countsOf(fault),
    effects: async () => (await Promise.all(nodes.map((node) => node.effects()))).reduce((sum, effects) => sum + effects, 0),
    lift: async () => {
      await Promise.all(nodes.map((node) => node.lift()));
    },
  };
}
