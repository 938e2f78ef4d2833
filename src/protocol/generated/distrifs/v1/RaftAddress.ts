// Original file: proto/distrifs/v1/raft.proto

import type { Long } from '@grpc/proto-loader';

/**
 * A master with its incarnation.
 */
export interface RaftAddress {
  'id'?: (string);
  'incarnation'?: (number | string | Long);
}

/**
 * A master with its incarnation.
 */
export interface RaftAddress__Output {
  'id': (string);
  'incarnation': (number);
}
