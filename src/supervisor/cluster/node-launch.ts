/** The start options of each node of a lab; the same for processes and simulated nodes. Pure. */
import { DEFAULT_MIN_REPLICAS } from '../../shared/limits.js';
import type { Timings } from '../../shared/profile.js';
import type { ClusterShape } from '../api/cluster-options.js';
import type { HostedDataNodeConfig, HostedMasterConfig } from '../host/host-orders.js';

/**
 * How a master begins. found: it makes the cluster, with the other founders. serve: its folder says who it is. join: its disk was lost,
 * and it waits until it is added to the group again.
 */
export type MasterStart = 'found' | 'serve' | 'join';

/** A node as it is known before it starts. */
export interface LaunchedNode {
  readonly id: string;
  /** host:port */
  readonly address: string;
}

export interface MasterLaunch {
  readonly masters: readonly LaunchedNode[];
  readonly clusterKey: string;
  readonly start: MasterStart;
}

type MasterShape = Pick<ClusterShape, 'replication' | 'chunkSizeBytes' | 'checkpointLogBytes'>;

/** The config of a master. */
export function masterConfig(
  node: LaunchedNode,
  shape: MasterShape,
  timings: Timings,
  { masters, clusterKey, start }: MasterLaunch,
): HostedMasterConfig {
  // A group of one needs no list: it makes an id of its own.
  const isFoundedTogether = start === 'found' && masters.length > 1;
  return {
    masterId: node.id,
    listen: node.address,
    init: start === 'found',
    ...(start === 'join' ? { join: true } : {}),
    ...(isFoundedTogether ? { bootstrapMasters: masters.map(({ id, address }) => ({ id, address })), clusterKey } : {}),
    defaultReplication: shape.replication,
    defaultChunkSizeBytes: shape.chunkSizeBytes,
    ...(shape.checkpointLogBytes === undefined ? {} : { checkpointLogBytes: shape.checkpointLogBytes }),
    minReplicas: DEFAULT_MIN_REPLICAS,
    timings,
  };
}

/**
 * The config of a datanode.
 * @param masters addresses of all of them
 * @param capacityBytes null: no cap
 */
export function datanodeConfig(
  node: LaunchedNode & { readonly rack: string },
  masters: readonly string[],
  timings: Timings,
  capacityBytes: number | null,
): HostedDataNodeConfig {
  const capacity = capacityBytes === null ? {} : { capacityBytes };
  return { nodeId: node.id, listen: node.address, masters, rack: node.rack, timings, ...capacity };
}
