// Original file: proto/distrifs/v1/namespace.proto

import type { NodeAddress as _distrifs_v1_NodeAddress, NodeAddress__Output as _distrifs_v1_NodeAddress__Output } from '../../distrifs/v1/NodeAddress.js';
import type { Long } from '@grpc/proto-loader';

export interface AssignChunkResponse {
  'chunkId'?: (number | string | Long);
  'chunkUuid'?: (string);
  /**
   * The committed version on which the plan is based; 0 for a chunk that was never committed.
   */
  'fromVersion'?: (number | string | Long);
  /**
   * The version reserved for this plan only.
   */
  'version'?: (number | string | Long);
  'term'?: (number | string | Long);
  'pipeline'?: (_distrifs_v1_NodeAddress)[];
}

export interface AssignChunkResponse__Output {
  'chunkId': (number);
  'chunkUuid': (string);
  /**
   * The committed version on which the plan is based; 0 for a chunk that was never committed.
   */
  'fromVersion': (number);
  /**
   * The version reserved for this plan only.
   */
  'version': (number);
  'term': (number);
  'pipeline': (_distrifs_v1_NodeAddress__Output)[];
}
