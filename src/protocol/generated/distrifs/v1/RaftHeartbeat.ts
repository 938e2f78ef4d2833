// Original file: proto/distrifs/v1/raft.proto

import type { RaftRecovery as _distrifs_v1_RaftRecovery, RaftRecovery__Output as _distrifs_v1_RaftRecovery__Output } from '../../distrifs/v1/RaftRecovery.js';
import type { Long } from '@grpc/proto-loader';

export interface RaftHeartbeat {
  'commit'?: (number | string | Long);
  'round'?: (number | string | Long);
  /**
   * Unset: null.
   */
  'recovery'?: (_distrifs_v1_RaftRecovery | null);
}

export interface RaftHeartbeat__Output {
  'commit': (number);
  'round': (number);
  /**
   * Unset: null.
   */
  'recovery': (_distrifs_v1_RaftRecovery__Output | null);
}
