// Original file: proto/distrifs/v1/namespace.proto

import type { Long } from '@grpc/proto-loader';

/**
 * As in AssignChunkRequest.
 */
export interface FirstChunk {
  'localNodeId'?: (string);
  'expectedBytes'?: (number | string | Long);
}

/**
 * As in AssignChunkRequest.
 */
export interface FirstChunk__Output {
  'localNodeId': (string);
  'expectedBytes': (number);
}
