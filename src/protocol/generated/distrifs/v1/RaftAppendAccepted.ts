// Original file: proto/distrifs/v1/raft.proto

import type { Long } from '@grpc/proto-loader';

export interface RaftAppendAccepted {
  'match'?: (number | string | Long);
}

export interface RaftAppendAccepted__Output {
  'match': (number);
}
