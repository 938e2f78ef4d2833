// Original file: proto/distrifs/v1/raft.proto

import type { Long } from '@grpc/proto-loader';

export interface RaftSnapshotReply {
  'snapshotId'?: (string);
  'offset'?: (number | string | Long);
}

export interface RaftSnapshotReply__Output {
  'snapshotId': (string);
  'offset': (number);
}
