/**
 * The handlers of ClusterService: the state of the cluster. Every master reports its own view; the leader lists chunks, and removes
 * datanodes.
 */
import { cutText, FIELDS_BYTES_MAX, PageBudget, textBytes } from '../../protocol/page-budget.js';
import type { ClusterService, Handlers } from '../../protocol/services.js';
import { chunkUuid } from '../../shared/chunk-id.js';
import { ANSWERED_PATH_CHARS_MAX, ERROR_MESSAGE_CHARS_MAX, LOCATION_PAGE_MAX } from '../../shared/limits.js';
import type { MasterContext } from '../leader/master-context.js';
import { unheard } from '../datanodes/chunk-health.js';
import { isConfirmed, isOfChunk, isUsable } from '../datanodes/locations.js';
import type { SoftState } from '../datanodes/soft-state.js';
import { removeDataNode } from './remove-datanode.js';
import type { Chunk } from '../state/tables/chunk-table.js';

/** Tag and length of one of several texts. */
const LISTED_FIELD_BYTES = 4;

export function clusterHandlers(master: MasterContext): Handlers<typeof ClusterService> {
  const { machine, runtime } = master;
  return {
    GetClusterStatus: async ({ afterNodeId }) => {
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
        safeModeReason: cutText(safeModeReason(master), ERROR_MESSAGE_CHARS_MAX),
        lastAppliedIndex: state.appliedIndex,
        fileCount: state.tree.fileCount,
        directoryCount: state.tree.directoryCount,
        pendingFileCount: state.tree.pendingCount,
        chunks: leader?.leaderState.chunkTotals() ?? unheard(soft.health.totals()),
        ...nodePage(soft, afterNodeId, nowMs),
        repairsCompleted: leader?.leaderState.repairs.completed ?? 0,
        orphanReplicas: soft.health.orphanCount,
        stateDigest: machine.digest(),
        unknownChunkIds: state.chunks.skippedIds.count,
        shortage: cutText(master.growth.shortage ?? '', ERROR_MESSAGE_CHARS_MAX),
      };
    },

    ListChunks: async ({ afterChunkId, limit }) => {
      const leader = master.requireLeader();
      await leader.readBarrier();
      const { state } = machine;
      const count = Math.min(limit === 0 ? LOCATION_PAGE_MAX : limit, LOCATION_PAGE_MAX);
      const budget = new PageBudget();
      const chunks = [];
      for (const chunk of state.chunks.after(afterChunkId)) {
        if (!chunk.visible) continue;
        const file = state.tree.get(chunk.fileId);
        const path = file === undefined ? null : state.tree.pathOf(file);
        if (path === null) continue;
        const status = { ...describe(master.clusterId, leader.soft, chunk), path: cutText(path, ANSWERED_PATH_CHARS_MAX) };
        const idsBytes = status.nodeIds.reduce((sum, id) => sum + LISTED_FIELD_BYTES + textBytes(id), 0);
        const bytes = FIELDS_BYTES_MAX + textBytes(status.path, status.chunkUuid) + idsBytes;
        if (chunks.length === count || !budget.takes(bytes)) return { chunks, hasMore: true };
        chunks.push(status);
      }
      return { chunks, hasMore: false };
    },

    RemoveDataNode: (request) => removeDataNode(master, request),
  };
}

function safeModeReason({ leader, isBootstrapping }: MasterContext): string {
  return leader?.leaderState.safeMode.reason() ?? (isBootstrapping ? 'the cluster is being made' : '');
}

/** The nodes after this one, in the order of their ids, as many as an answer holds. */
function nodePage(soft: SoftState, afterNodeId: string, nowMs: number) {
  const budget = new PageBudget();
  const nodes = [];
  const after = [...soft.nodes.all()].filter(({ id }) => id > afterNodeId).sort((a, b) => (a.id < b.id ? -1 : 1));
  for (const node of after) {
    // The log's values may be older than the limits.
    const [address, rack] = [cutText(node.address, ERROR_MESSAGE_CHARS_MAX), cutText(node.rack, ERROR_MESSAGE_CHARS_MAX)];
    const disk = textBytes(node.stats.disk?.problem ?? '', node.stats.disk?.diskId ?? '');
    if (!budget.takes(FIELDS_BYTES_MAX + textBytes(node.id, address, rack) + disk)) return { nodes, hasMoreNodes: true };
    nodes.push({
      nodeId: node.id,
      address,
      rack,
      state: node.state,
      stats: node.stats,
      lastHeartbeatAgeMs: Math.max(0, Math.floor(nowMs - node.lastHeartbeatMs)),
      replicaCount: soft.locations.replicaCount(node.id),
    });
  }
  return { nodes, hasMoreNodes: false };
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
