// Original file: proto/distrifs/v1/namespace.proto

import type { Long } from '@grpc/proto-loader';

/**
 * As in CommitVersionRequest; its length is that of the file.
 */
export interface WrittenChunk {
  'chunkId'?: (number | string | Long);
  'fromVersion'?: (number | string | Long);
  'toVersion'?: (number | string | Long);
  'nodeIds'?: (string)[];
}

/**
 * As in CommitVersionRequest; its length is that of the file.
 */
export interface WrittenChunk__Output {
  'chunkId': (number);
  'fromVersion': (number);
  'toVersion': (number);
  'nodeIds': (string)[];
}
