// Original file: proto/distrifs/v1/datanode.proto

import type { NodeAddress as _distrifs_v1_NodeAddress, NodeAddress__Output as _distrifs_v1_NodeAddress__Output } from '../../distrifs/v1/NodeAddress.js';
import type { Long } from '@grpc/proto-loader';

/**
 * Copy a replica of exactly this version to the targets, with a write to each.
 */
export interface ReplicateCommand {
  'chunkId'?: (number | string | Long);
  'version'?: (number | string | Long);
  'lengthBytes'?: (number | string | Long);
  'targets'?: (_distrifs_v1_NodeAddress)[];
  /**
   * Other holders of this version, good or not: a block that is bad here is taken from one of them.
   */
  'sources'?: (_distrifs_v1_NodeAddress)[];
}

/**
 * Copy a replica of exactly this version to the targets, with a write to each.
 */
export interface ReplicateCommand__Output {
  'chunkId': (number);
  'version': (number);
  'lengthBytes': (number);
  'targets': (_distrifs_v1_NodeAddress__Output)[];
  /**
   * Other holders of this version, good or not: a block that is bad here is taken from one of them.
   */
  'sources': (_distrifs_v1_NodeAddress__Output)[];
}
