// Original file: proto/distrifs/v1/raft.proto

import type { RaftAddress as _distrifs_v1_RaftAddress, RaftAddress__Output as _distrifs_v1_RaftAddress__Output } from '../../distrifs/v1/RaftAddress.js';
import type { Long } from '@grpc/proto-loader';

/**
 * The body of a HARD_STATE record of the log, and of the file beside it.
 */
export interface RaftHardState {
  'term'?: (number | string | Long);
  'votedFor'?: (_distrifs_v1_RaftAddress | null);
  'incarnation'?: (number | string | Long);
  'isDamaged'?: (boolean);
}

/**
 * The body of a HARD_STATE record of the log, and of the file beside it.
 */
export interface RaftHardState__Output {
  'term': (number);
  'votedFor': (_distrifs_v1_RaftAddress__Output | null);
  'incarnation': (number);
  'isDamaged': (boolean);
}
