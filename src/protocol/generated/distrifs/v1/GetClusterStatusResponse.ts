// Original file: proto/distrifs/v1/cluster.proto

import type { ChunkTotals as _distrifs_v1_ChunkTotals, ChunkTotals__Output as _distrifs_v1_ChunkTotals__Output } from '../../distrifs/v1/ChunkTotals.js';
import type { DataNodeStatus as _distrifs_v1_DataNodeStatus, DataNodeStatus__Output as _distrifs_v1_DataNodeStatus__Output } from '../../distrifs/v1/DataNodeStatus.js';
import type { Long } from '@grpc/proto-loader';

export interface GetClusterStatusResponse {
  'clusterId'?: (string);
  'masterId'?: (string);
  'term'?: (number | string | Long);
  /**
   * "leader" or "follower": the figures of a follower may be out of date.
   */
  'role'?: (string);
  'safeMode'?: (boolean);
  'safeModeReason'?: (string);
  'lastAppliedIndex'?: (number | string | Long);
  'fileCount'?: (number | string | Long);
  'directoryCount'?: (number | string | Long);
  'pendingFileCount'?: (number | string | Long);
  'chunks'?: (_distrifs_v1_ChunkTotals | null);
  /**
   * In the order of their ids, as many as the message holds.
   */
  'nodes'?: (_distrifs_v1_DataNodeStatus)[];
  'repairsCompleted'?: (number | string | Long);
  'orphanReplicas'?: (number | string | Long);
  /**
   * Hex digest of the replicated state at last_applied_index.
   */
  'stateDigest'?: (string);
  /**
   * Empty: unknown.
   */
  'leaderId'?: (string);
  /**
   * Ids of chunks that datanodes reported and the log had not given: the log has lost entries, or is an older copy. 0: none.
   */
  'unknownChunkIds'?: (number | string | Long);
  /**
   * Why this master accepts nothing that makes the state larger; empty: it has enough space.
   */
  'shortage'?: (string);
  /**
   * The message holds no more nodes: the next ones follow the last one here.
   */
  'hasMoreNodes'?: (boolean);
}

export interface GetClusterStatusResponse__Output {
  'clusterId': (string);
  'masterId': (string);
  'term': (number);
  /**
   * "leader" or "follower": the figures of a follower may be out of date.
   */
  'role': (string);
  'safeMode': (boolean);
  'safeModeReason': (string);
  'lastAppliedIndex': (number);
  'fileCount': (number);
  'directoryCount': (number);
  'pendingFileCount': (number);
  'chunks': (_distrifs_v1_ChunkTotals__Output | null);
  /**
   * In the order of their ids, as many as the message holds.
   */
  'nodes': (_distrifs_v1_DataNodeStatus__Output)[];
  'repairsCompleted': (number);
  'orphanReplicas': (number);
  /**
   * Hex digest of the replicated state at last_applied_index.
   */
  'stateDigest': (string);
  /**
   * Empty: unknown.
   */
  'leaderId': (string);
  /**
   * Ids of chunks that datanodes reported and the log had not given: the log has lost entries, or is an older copy. 0: none.
   */
  'unknownChunkIds': (number);
  /**
   * Why this master accepts nothing that makes the state larger; empty: it has enough space.
   */
  'shortage': (string);
  /**
   * The message holds no more nodes: the next ones follow the last one here.
   */
  'hasMoreNodes': (boolean);
}
