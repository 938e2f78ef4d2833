// Original file: proto/distrifs/v1/namespace.proto

import type { Long } from '@grpc/proto-loader';

export interface ReportBadReplicaRequest {
  'clusterId'?: (string);
  'chunkId'?: (number | string | Long);
  'version'?: (number | string | Long);
  'nodeId'?: (string);
  /**
   * An ErrorCode: DATA_CORRUPT, CHUNK_NOT_FOUND or STALE_VERSION.
   */
  'code'?: (string);
  'message'?: (string);
}

export interface ReportBadReplicaRequest__Output {
  'clusterId': (string);
  'chunkId': (number);
  'version': (number);
  'nodeId': (string);
  /**
   * An ErrorCode: DATA_CORRUPT, CHUNK_NOT_FOUND or STALE_VERSION.
   */
  'code': (string);
  'message': (string);
}
