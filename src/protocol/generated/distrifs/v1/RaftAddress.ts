// Original file: proto/distrifs/v1/raft.proto

import type { Long } from '@grpc/proto-loader';

/**
 * One life of a master.
 */
export interface RaftAddress {
  'id'?: (string);
  'incarnation'?: (number | string | Long);
}

/**
 * One life of a master.
 */
export interface RaftAddress__Output {
  'id': (string);
  'incarnation': (number);
}
