/** What every conversation of the data plane needs of its node. */
import type { ChannelPool } from '../../protocol/channel-pool.js';
import type { FrameChannel } from '../../protocol/frame-channel.js';
import { DfsError, toDfsError } from '../../shared/errors.js';
import type { Timings } from '../../shared/profile.js';
import type { Clock, Logger, Memory } from '../../shared/runtime.js';
import type { NodeIdentity } from '../base/identity.js';
import type { ChunkStore } from '../store/chunk-store.js';
import type { Quarantine } from '../store/quarantine.js';
import type { DiskWaits } from './disk-waits.js';

export interface DataPlane {
  readonly identity: NodeIdentity;
  readonly store: ChunkStore;
  /** Connections to other datanodes. */
  readonly pool: ChannelPool;
  readonly clock: Clock;
  readonly memory: Memory;
  readonly timings: Timings;
  readonly log: Logger;
  readonly diskWaits: DiskWaits;
  readonly quarantine: Quarantine;
}

/** The same failure with a node to blame, unless one is blamed already. */
export function blaming(nodeId: string, error: unknown): DfsError {
  const known = toDfsError(error, `Node "${nodeId}" failed`);
  if (known.nodeId !== undefined) return known;
  return new DfsError(known.code, known.message, { cause: error, retriable: known.retriable, nodeId });
}

/**
 * Refuses an opening frame that is meant for another cluster or node.
 * @throws DfsError NOT_INITIALIZED, FOREIGN_CLUSTER, INVALID_ARGUMENT
 */
export function assertMeantForUs(plane: DataPlane, clusterId: string, nodeId: string): void {
  const { identity } = plane;
  if (identity.clusterId === '') {
    throw new DfsError('NOT_INITIALIZED', `Node "${identity.nodeId}" has not joined a cluster yet`, { retriable: true });
  }
  if (clusterId !== identity.clusterId) {
    throw new DfsError(
      'FOREIGN_CLUSTER',
      `Node "${identity.nodeId}" belongs to cluster ${identity.clusterId}, not to ${clusterId}`,
    );
  }
  if (nodeId !== identity.nodeId) {
    throw new DfsError('INVALID_ARGUMENT', `This is node "${identity.nodeId}", not "${nodeId}": the address is out of date`);
  }
}

/** Runs a task that sends on a channel; when the other side does not take it within the stream timeout, the channel is destroyed. */
export async function sendInTime(plane: DataPlane, channel: FrameChannel, task: () => Promise<void>): Promise<void> {
  const timer = plane.clock.setTimer(plane.timings.streamTimeoutMs, () => channel.destroy());
  try {
    await task();
  } finally {
    timer.cancel();
  }
}
