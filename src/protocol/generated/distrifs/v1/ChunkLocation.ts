// Original file: proto/distrifs/v1/common.proto

import type { NodeAddress as _distrifs_v1_NodeAddress, NodeAddress__Output as _distrifs_v1_NodeAddress__Output } from '../../distrifs/v1/NodeAddress.js';
import type { Long } from '@grpc/proto-loader';

/**
 * One chunk and the live replicas that hold its committed version, best first for nobody in particular: clients shuffle.
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
 * One chunk and the live replicas that hold its committed version, best first for nobody in particular: clients shuffle.
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
