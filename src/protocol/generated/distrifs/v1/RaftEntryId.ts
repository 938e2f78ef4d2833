// Original file: proto/distrifs/v1/raft.proto

import type { Long } from '@grpc/proto-loader';

export interface RaftEntryId {
  'index'?: (number | string | Long);
  'term'?: (number | string | Long);
}

export interface RaftEntryId__Output {
  'index': (number);
  'term': (number);
}
