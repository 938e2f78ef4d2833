// Original file: proto/distrifs/v1/raft.proto

import type { Long } from '@grpc/proto-loader';

export interface RaftHeartbeatReply {
  'round'?: (number | string | Long);
  /**
   * Set by a damaged member that requests the last index of the log.
   */
  'hasProbe'?: (boolean);
  'probe'?: (number | string | Long);
  /**
   * The sender grants no vote within an election timeout, so that a leader's lease can rely on it.
   */
  'isBound'?: (boolean);
}

export interface RaftHeartbeatReply__Output {
  'round': (number);
  /**
   * Set by a damaged member that requests the last index of the log.
   */
  'hasProbe': (boolean);
  'probe': (number);
  /**
   * The sender grants no vote within an election timeout, so that a leader's lease can rely on it.
   */
  'isBound': (boolean);
}
