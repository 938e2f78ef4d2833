// Original file: proto/distrifs/v1/raft.proto

import type { Long } from '@grpc/proto-loader';

export interface RaftRecovery {
  'probe'?: (number | string | Long);
  'lastIndex'?: (number | string | Long);
}

export interface RaftRecovery__Output {
  'probe': (number);
  'lastIndex': (number);
}
