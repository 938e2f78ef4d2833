// Original file: proto/distrifs/v1/common.proto

import type { NodeAddress as _distrifs_v1_NodeAddress, NodeAddress__Output as _distrifs_v1_NodeAddress__Output } from '../../distrifs/v1/NodeAddress.js';
import type { Long } from '@grpc/proto-loader';

/**
 * One chunk, and the live replicas of its committed version, live nodes before stale ones; clients choose a random order.
 */
export interface ChunkLocation {
  'chunkId'?: (number | string | Long);
  /**
   * The uuid in the file name `chunk-<uuid>`.
   */
  'chunkUuid'?: (string);
  'index'?: (number | string | Long);
  /**
   * Committed version.
   */
  'version'?: (number | string | Long);
  'lengthBytes'?: (number | string | Long);
  'replicas'?: (_distrifs_v1_NodeAddress)[];
}

/**
 * One chunk, and the live replicas of its committed version, live nodes before stale ones; clients choose a random order.
 */
export interface ChunkLocation__Output {
  'chunkId': (number);
  /**
   * The uuid in the file name `chunk-<uuid>`.
   */
  'chunkUuid': (string);
  'index': (number);
  /**
   * Committed version.
   */
  'version': (number);
  'lengthBytes': (number);
  'replicas': (_distrifs_v1_NodeAddress__Output)[];
}
