// Original file: proto/distrifs/v1/cluster.proto

import type { Long } from '@grpc/proto-loader';

export interface ListChunksRequest {
  'afterChunkId'?: (number | string | Long);
  'limit'?: (number);
}

export interface ListChunksRequest__Output {
  'afterChunkId': (number);
  'limit': (number);
}
