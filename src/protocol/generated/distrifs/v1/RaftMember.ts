// Original file: proto/distrifs/v1/raft.proto

import type { Long } from '@grpc/proto-loader';

export interface RaftMember {
  'id'?: (string);
  'incarnation'?: (number | string | Long);
  'isVoter'?: (boolean);
}

export interface RaftMember__Output {
  'id': (string);
  'incarnation': (number);
  'isVoter': (boolean);
}
