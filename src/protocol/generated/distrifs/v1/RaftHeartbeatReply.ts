// Original file: proto/distrifs/v1/raft.proto

import type { Long } from '@grpc/proto-loader';

export interface RaftHeartbeatReply {
  'round'?: (number | string | Long);
  /**
   * Set by a damaged member that asks how far the log reaches.
   */
  'hasProbe'?: (boolean);
  'probe'?: (number | string | Long);
  /**
   * Votes for nobody within an election timeout, so that a leader's lease may count on it.
   */
  'isBound'?: (boolean);
}

export interface RaftHeartbeatReply__Output {
  'round': (number);
  /**
   * Set by a damaged member that asks how far the log reaches.
   */
  'hasProbe': (boolean);
  'probe': (number);
  /**
   * Votes for nobody within an election timeout, so that a leader's lease may count on it.
   */
  'isBound': (boolean);
}
