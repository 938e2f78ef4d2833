// Original file: proto/distrifs/v1/data.proto

import type { WritePurpose as _distrifs_v1_WritePurpose, WritePurpose__Output as _distrifs_v1_WritePurpose__Output } from '../../distrifs/v1/WritePurpose.js';
import type { NodeAddress as _distrifs_v1_NodeAddress, NodeAddress__Output as _distrifs_v1_NodeAddress__Output } from '../../distrifs/v1/NodeAddress.js';
import type { Long } from '@grpc/proto-loader';

/**
 * Opens a write. Sent by the client to the first node, and by each node to the next.
 */
export interface WriteOpen {
  'clusterId'?: (string);
  'chunkId'?: (number | string | Long);
  'version'?: (number | string | Long);
  'term'?: (number | string | Long);
  'purpose'?: (_distrifs_v1_WritePurpose);
  /**
   * Maximum number of bytes that will follow: the node reserves this space before the write begins.
   */
  'reserveBytes'?: (number | string | Long);
  /**
   * The node addressed by this frame: any other node refuses the frame.
   */
  'nodeId'?: (string);
  /**
   * The remaining nodes of the pipeline, nearest first.
   */
  'downstream'?: (_distrifs_v1_NodeAddress)[];
}

/**
 * Opens a write. Sent by the client to the first node, and by each node to the next.
 */
export interface WriteOpen__Output {
  'clusterId': (string);
  'chunkId': (number);
  'version': (number);
  'term': (number);
  'purpose': (_distrifs_v1_WritePurpose__Output);
  /**
   * Maximum number of bytes that will follow: the node reserves this space before the write begins.
   */
  'reserveBytes': (number);
  /**
   * The node addressed by this frame: any other node refuses the frame.
   */
  'nodeId': (string);
  /**
   * The remaining nodes of the pipeline, nearest first.
   */
  'downstream': (_distrifs_v1_NodeAddress__Output)[];
}
