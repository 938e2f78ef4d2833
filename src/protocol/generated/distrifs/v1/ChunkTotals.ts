// Original file: proto/distrifs/v1/cluster.proto

import type { Long } from '@grpc/proto-loader';

/**
 * Counts chunks of visible files.
 */
export interface ChunkTotals {
  'total'?: (number | string | Long);
  /**
   * At least `replication` confirmed replicas of the committed version on live nodes.
   */
  'healthy'?: (number | string | Long);
  /**
   * At least one, but fewer than `replication`.
   */
  'underReplicated'?: (number | string | Long);
  /**
   * None.
   */
  'missing'?: (number | string | Long);
  /**
   * None yet: the leader is new, and not all live datanodes have reported to it. Not among the missing ones.
   */
  'unreported'?: (number | string | Long);
}

/**
 * Counts chunks of visible files.
 */
export interface ChunkTotals__Output {
  'total': (number);
  /**
   * At least `replication` confirmed replicas of the committed version on live nodes.
   */
  'healthy': (number);
  /**
   * At least one, but fewer than `replication`.
   */
  'underReplicated': (number);
  /**
   * None.
   */
  'missing': (number);
  /**
   * None yet: the leader is new, and not all live datanodes have reported to it. Not among the missing ones.
   */
  'unreported': (number);
}
