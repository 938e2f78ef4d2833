// Original file: proto/distrifs/v1/datanode.proto

import type { Long } from '@grpc/proto-loader';

/**
 * Delete the replica if it has exactly this version.
 */
export interface DeleteCommand {
  'chunkId'?: (number | string | Long);
  'version'?: (number | string | Long);
}

/**
 * Delete the replica if it has exactly this version.
 */
export interface DeleteCommand__Output {
  'chunkId': (number);
  'version': (number);
}
