/** The handlers of ClusterService: how the cluster is, for operators and the lab. */
import type { ClusterService, Handlers } from '../../protocol/services.js';
import { chunkUuid } from '../../shared/chunk-id.js';
import { LOCATION_PAGE_MAX } from '../../shared/limits.js';
import type { Leader } from '../leader.js';
import { isConfirmed, isUsable } from '../locations.js';
import type { Chunk } from '../state/chunk-table.js';

export function clusterHandlers(leader: Leader): Handlers<typeof ClusterService> {
  const { soft, machine, runtime, term } = leader;
  const { state } = machine;
  return {
    GetClusterStatus: async () => {
      const nowMs = runtime.clock.nowMs();
      return {
        clusterId: machine.settings.clusterId,
        masterId: leader.config.masterId,
        term,
        role: 'leader',
        safeMode: soft.safeMode.active,
        safeModeReason: soft.safeMode.reason(),
        lastAppliedIndex: state.appliedIndex,
        fileCount: state.tree.fileCount,
        directoryCount: state.tree.directoryCount,
        pendingFileCount: state.tree.pendingCount,
        chunks: soft.health.totals(),
        nodes: Array.from(soft.nodes.all(), (node) => ({
          nodeId: node.id,
          address: node.address,
          rack: node.rack,
          state: node.state,
          stats: node.stats,
          lastHeartbeatAgeMs: Math.max(0, Math.floor(nowMs - node.lastHeartbeatMs)),
          replicaCount: soft.locations.replicaCount(node.id),
        })),
        repairsCompleted: soft.repairs.completed,
        orphanReplicas: soft.health.orphanCount,
        stateDigest: machine.digest(),
      };
    },

    ListChunks: async ({ afterChunkId, limit }) => {
      const count = Math.min(limit === 0 ? LOCATION_PAGE_MAX : limit, LOCATION_PAGE_MAX);
      const chunks = [];
      for (const chunk of state.chunks.after(afterChunkId)) {
        if (!chunk.visible) continue;
        const file = state.tree.get(chunk.fileId);
        const path = file === undefined ? null : state.tree.pathOf(file);
        if (path === null) continue;
        if (chunks.length === count) return { chunks, hasMore: true };
        chunks.push({ ...describe(leader, chunk), path });
      }
      return { chunks, hasMore: false };
    },
  };
}

function describe(leader: Leader, chunk: Chunk) {
  const replicas = leader.soft.locations.ofChunk(chunk.id);
  return {
    chunkId: chunk.id,
    chunkUuid: chunkUuid(leader.machine.settings.clusterId, chunk.id),
    fileId: chunk.fileId,
    index: chunk.index,
    version: chunk.version,
    lengthBytes: chunk.lengthBytes,
    replication: chunk.replication,
    nodeIds: replicas
      .filter((record) => record.version === chunk.version && isUsable(record) && isConfirmed(record))
      .map(({ node }) => node.id),
  };
}
