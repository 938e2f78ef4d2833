// Original file: proto/distrifs/v1/namespace.proto

import type { MutationHeader as _distrifs_v1_MutationHeader, MutationHeader__Output as _distrifs_v1_MutationHeader__Output } from '../../distrifs/v1/MutationHeader.js';
import type { Long } from '@grpc/proto-loader';

export interface AssignChunkRequest {
  'header'?: (_distrifs_v1_MutationHeader | null);
  'fileId'?: (number | string | Long);
  'index'?: (number | string | Long);
  /**
   * Nodes that recently failed this writer.
   */
  'excludedNodeIds'?: (string)[];
  /**
   * The preferred node for the first replica, on the writer's host; may be empty.
   */
  'localNodeId'?: (string);
  /**
   * Number of bytes that the writer intends to write to the chunk; 0: unknown (the nodes then reserve the chunk size).
   */
  'expectedBytes'?: (number | string | Long);
}

export interface AssignChunkRequest__Output {
  'header': (_distrifs_v1_MutationHeader__Output | null);
  'fileId': (number);
  'index': (number);
  /**
   * Nodes that recently failed this writer.
   */
  'excludedNodeIds': (string)[];
  /**
   * The preferred node for the first replica, on the writer's host; may be empty.
   */
  'localNodeId': (string);
  /**
   * Number of bytes that the writer intends to write to the chunk; 0: unknown (the nodes then reserve the chunk size).
   */
  'expectedBytes': (number);
}
