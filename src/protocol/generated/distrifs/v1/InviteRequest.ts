// Original file: proto/distrifs/v1/raft.proto

import type { Long } from '@grpc/proto-loader';

export interface InviteRequest {
  'clusterId'?: (string);
  'masterId'?: (string);
  'incarnation'?: (number | string | Long);
}

export interface InviteRequest__Output {
  'clusterId': (string);
  'masterId': (string);
  'incarnation': (number);
}
