/** Faults that take files away, on whatever kind of cluster: what each may damage, so that the guarantees still hold. */
import { damageBlocks } from './block-damage.js';
import { chunksOfFiles } from './chunk-holders.js';
import { assertWipeable, damageReplicas } from './disk-damage.js';
import type { DamageableDisk } from './good-copies.js';
import type { DamageFault, ActiveFault } from '../api/fault.js';
import { damageMasters, isOfMasters } from './log-damage.js';
import { assertLogsSpared } from './master-health.js';
import type { MasterHealth } from './master-health.js';
import type { ChunkView } from '../api/cluster-status.js';

/** The disks of a cluster, behind its nodes' backs. */
export interface DamageableDisks {
  readonly datanodes: ReadonlyMap<string, DamageableDisk>;
  readonly masters: ReadonlyMap<string, DamageableDisk>;
  readonly health: () => readonly MasterHealth[];
  /** All chunks, as `ClusterControl.chunks`. */
  readonly chunks: (limit: number) => Promise<readonly ChunkView[]>;
  /** A master's log or checkpoint was damaged. */
  readonly onLogDamage: (masterId: string) => void;
}

/**
 * Checks that these nodes may lose their disks: every chunk keeps enough good copies, and all other masters are whole.
 * @param isForced chunks may lose their last good copies
 * @param breathe called between two chunks
 * @throws NothingToDamage
 */
export async function assertMayWipe(
  disks: DamageableDisks,
  nodeIds: readonly string[],
  isForced: boolean,
  breathe: () => Promise<unknown>,
): Promise<void> {
  assertLogsSpared(disks.health(), nodeIds, true);
  if (isForced) return;
  await assertWipeable(
    disks.datanodes,
    nodeIds.filter((id) => disks.datanodes.has(id)),
    breathe,
  );
}

/**
 * Damages a file of each of the nodes.
 * @param choiceSeed decides what is random
 * @throws NothingToDamage
 */
export async function damageFiles(
  disks: DamageableDisks,
  nodeIds: readonly string[],
  fault: DamageFault,
  choiceSeed: number,
): Promise<ActiveFault> {
  if (!isOfMasters(fault)) {
    const damage = fault.spare === 'block' ? damageBlocks : damageReplicas;
    return damage(disks.datanodes, nodeIds, fault, choiceSeed, await chunksOfFiles(disks.chunks));
  }
  assertLogsSpared(disks.health(), nodeIds, false);
  const injection = damageMasters(disks.masters, nodeIds, fault, choiceSeed);
  for (const id of nodeIds) disks.onLogDamage(id);
  return injection;
}
