/** Limits of the messages with which operators and the lab query the cluster: proto/distrifs/v1/cluster.proto. */
import { ANSWERED_NODES_MAX, ERROR_MESSAGE_BYTES_MAX, LOCATION_PAGE_MAX, RPC_MESSAGE_BYTES_MAX } from '../../shared/limits.js';
import { answeredPath, chunkBytes, replication } from './common-limits.js';
import { bool, counter, enumOf, id, idOrEmpty, list, logIndex, message, optional, term, text, uint32 } from './field-rows.js';
import type { TablesOf } from './field-rows.js';

export const CLUSTER_LIMITS: TablesOf<
  | 'GetClusterStatusRequest'
  | 'GetClusterStatusResponse'
  | 'ChunkTotals'
  | 'DataNodeStatus'
  | 'ListChunksRequest'
  | 'ChunkStatus'
  | 'ListChunksResponse'
  | 'RemoveDataNodeRequest'
  | 'RemoveDataNodeResponse'
> = {
  GetClusterStatusRequest: { afterNodeId: idOrEmpty },
  GetClusterStatusResponse: {
    clusterId: idOrEmpty,
    masterId: idOrEmpty,
    term,
    role: idOrEmpty,
    safeMode: bool,
    safeModeReason: text(RPC_MESSAGE_BYTES_MAX),
    lastAppliedIndex: logIndex,
    fileCount: counter,
    directoryCount: counter,
    pendingFileCount: counter,
    chunks: optional('ChunkTotals'),
    nodes: list(message('DataNodeStatus'), ANSWERED_NODES_MAX),
    repairsCompleted: counter,
    orphanReplicas: counter,
    stateDigest: idOrEmpty,
    leaderId: idOrEmpty,
    unknownChunkIds: counter,
    shortage: text(ERROR_MESSAGE_BYTES_MAX),
    hasMoreNodes: bool,
  },
  ChunkTotals: { total: counter, healthy: counter, underReplicated: counter, missing: counter, unreported: counter },
  DataNodeStatus: {
    nodeId: id,
    // The log's values may be older than the limits: the status must show what to repair.
    address: text(RPC_MESSAGE_BYTES_MAX),
    rack: text(RPC_MESSAGE_BYTES_MAX),
    state: enumOf({ NODE_STATE_UNSPECIFIED: true, LIVE: true, STALE: true, DEAD: true }),
    stats: optional('NodeStats'),
    lastHeartbeatAgeMs: counter,
    replicaCount: counter,
  },
  ListChunksRequest: { afterChunkId: counter, limit: uint32 },
  ChunkStatus: {
    chunkId: counter,
    chunkUuid: idOrEmpty,
    fileId: counter,
    path: answeredPath,
    index: counter,
    version: counter,
    lengthBytes: chunkBytes,
    replication,
    nodeIds: list(id, ANSWERED_NODES_MAX),
  },
  ListChunksResponse: { chunks: list(message('ChunkStatus'), LOCATION_PAGE_MAX), hasMore: bool },
  RemoveDataNodeRequest: { nodeId: id, force: bool },
  RemoveDataNodeResponse: { lostChunks: counter, wasLive: bool },
};
