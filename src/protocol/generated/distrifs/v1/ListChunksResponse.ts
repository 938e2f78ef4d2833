// Original file: proto/distrifs/v1/cluster.proto

import type { ChunkStatus as _distrifs_v1_ChunkStatus, ChunkStatus__Output as _distrifs_v1_ChunkStatus__Output } from '../../distrifs/v1/ChunkStatus.js';

export interface ListChunksResponse {
  'chunks'?: (_distrifs_v1_ChunkStatus)[];
  'hasMore'?: (boolean);
}

export interface ListChunksResponse__Output {
  'chunks': (_distrifs_v1_ChunkStatus__Output)[];
  'hasMore': (boolean);
}
