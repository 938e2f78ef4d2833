/** The handlers of ClusterService: the state of the cluster. Every master reports its own view; the leader lists chunks, and removes datanodes. */
import type { ClusterService, Handlers } from '../../protocol/services.js';
import { chunkUuid } from '../../shared/chunk-id.js';
import { LOCATION_PAGE_MAX } from '../../shared/limits.js';
import type { MasterContext } from '../leader/master-context.js';
import { unheard } from '../datanodes/chunk-health.js';
import { isConfirmed, isOfChunk, isUsable } from '../datanodes/locations.js';
import type { SoftState } from '../datanodes/soft-state.js';
import { removeDataNode } from './remove-datanode.js';
import type { Chunk } from '../state/tables/chunk-table.js';

export function clusterHandlers(master: MasterContext): Handlers<typeof ClusterService> {
  const { machine, runtime } = master;
  return {
    GetClusterStatus: async () => {
      const { soft, leader } = master;
      const { state } = machine;
      const { term, leaderId } = master.consensus.status;
      const nowMs = runtime.clock.nowMs();
      return {
        clusterId: master.clusterId,
        masterId: master.config.masterId,
        term,
        role: leader === null && !master.isBootstrapping ? 'follower' : 'leader',
        leaderId: leaderId ?? '',
        safeMode: leader?.leaderState.safeMode.active ?? master.isBootstrapping,
        safeModeReason: leader?.leaderState.safeMode.reason() ?? (master.isBootstrapping ? 'the cluster is being made' : ''),
        lastAppliedIndex: state.appliedIndex,
        fileCount: state.tree.fileCount,
        directoryCount: state.tree.directoryCount,
        pendingFileCount: state.tree.pendingCount,
        chunks: leader?.leaderState.chunkTotals() ?? unheard(soft.health.totals()),
        nodes: Array.from(soft.nodes.all(), (node) => ({
          nodeId: node.id,
          address: node.address,
          rack: node.rack,
          state: node.state,
          stats: node.stats,
          lastHeartbeatAgeMs: Math.max(0, Math.floor(nowMs - node.lastHeartbeatMs)),
          replicaCount: soft.locations.replicaCount(node.id),
        })),
        repairsCompleted: leader?.leaderState.repairs.completed ?? 0,
        orphanReplicas: soft.health.orphanCount,
        stateDigest: machine.digest(),
        unknownChunkIds: state.chunks.skippedIds.count,
      };
    },

    ListChunks: async ({ afterChunkId, limit }) => {
      const leader = master.requireLeader();
      await leader.readBarrier();
      const { state } = machine;
      const count = Math.min(limit === 0 ? LOCATION_PAGE_MAX : limit, LOCATION_PAGE_MAX);
      const chunks = [];
      for (const chunk of state.chunks.after(afterChunkId)) {
        if (!chunk.visible) continue;
        const file = state.tree.get(chunk.fileId);
        const path = file === undefined ? null : state.tree.pathOf(file);
        if (path === null) continue;
        if (chunks.length === count) return { chunks, hasMore: true };
        chunks.push({ ...describe(master.clusterId, leader.soft, chunk), path });
      }
      return { chunks, hasMore: false };
    },

    RemoveDataNode: (request) => removeDataNode(master, request),
  };
}

function describe(clusterId: string, soft: SoftState, chunk: Chunk) {
  const replicas = soft.locations.ofChunk(chunk.id);
  return {
    chunkId: chunk.id,
    chunkUuid: chunkUuid(clusterId, chunk.id),
    fileId: chunk.fileId,
    index: chunk.index,
    version: chunk.version,
    lengthBytes: chunk.lengthBytes,
    replication: chunk.replication,
    nodeIds: replicas
      .filter((record) => isOfChunk(record, chunk) && isUsable(record) && isConfirmed(record))
      .map(({ node }) => node.id),
  };
}
