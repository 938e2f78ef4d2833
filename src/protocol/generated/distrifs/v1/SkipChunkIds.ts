// Original file: proto/distrifs/v1/log.proto

import type { Long } from '@grpc/proto-loader';

/**
 * A datanode reports chunks with ids that this log has never given: it has lost entries, or an old copy of it was put back. Ids up to
 * this one are never given, and the replicas are kept.
 */
export interface SkipChunkIds {
  'upToChunkId'?: (number | string | Long);
}

/**
 * A datanode reports chunks with ids that this log has never given: it has lost entries, or an old copy of it was put back. Ids up to
 * this one are never given, and the replicas are kept.
 */
export interface SkipChunkIds__Output {
  'upToChunkId': (number);
}
