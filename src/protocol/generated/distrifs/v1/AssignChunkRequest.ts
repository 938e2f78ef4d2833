// Original file: proto/distrifs/v1/namespace.proto

import type { MutationHeader as _distrifs_v1_MutationHeader, MutationHeader__Output as _distrifs_v1_MutationHeader__Output } from '../../distrifs/v1/MutationHeader.js';
import type { Long } from '@grpc/proto-loader';

export interface AssignChunkRequest {
  'header'?: (_distrifs_v1_MutationHeader | null);
  'fileId'?: (number | string | Long);
  'index'?: (number | string | Long);
  /**
   * Nodes that failed this writer just now.
   */
  'excludedNodeIds'?: (string)[];
  /**
   * The node to prefer as first replica, when the writer runs beside one; may be empty.
   */
  'localNodeId'?: (string);
  /**
   * Bytes the writer means to put into the chunk; 0 when unknown (then the chunk size is set aside).
   */
  'expectedBytes'?: (number | string | Long);
}

export interface AssignChunkRequest__Output {
  'header': (_distrifs_v1_MutationHeader__Output | null);
  'fileId': (number);
  'index': (number);
  /**
   * Nodes that failed this writer just now.
   */
  'excludedNodeIds': (string)[];
  /**
   * The node to prefer as first replica, when the writer runs beside one; may be empty.
   */
  'localNodeId': (string);
  /**
   * Bytes the writer means to put into the chunk; 0 when unknown (then the chunk size is set aside).
   */
  'expectedBytes': (number);
}
