// Original file: proto/distrifs/v1/namespace.proto

import type { Long } from '@grpc/proto-loader';

export interface GetChunkLocationRequest {
  /**
   * One of path and file_id.
   */
  'path'?: (string);
  'fileId'?: (number | string | Long);
  'firstIndex'?: (number | string | Long);
  /**
   * 0: the server's limit.
   */
  'maxChunks'?: (number);
}

export interface GetChunkLocationRequest__Output {
  /**
   * One of path and file_id.
   */
  'path': (string);
  'fileId': (number);
  'firstIndex': (number);
  /**
   * 0: the server's limit.
   */
  'maxChunks': (number);
}
