// Original file: proto/distrifs/v1/raft.proto

import type { RaftMessage as _distrifs_v1_RaftMessage, RaftMessage__Output as _distrifs_v1_RaftMessage__Output } from '../../distrifs/v1/RaftMessage.js';

export interface RaftBatch {
  'clusterId'?: (string);
  /**
   * host:port at which the sender is reached.
   */
  'senderAddress'?: (string);
  'messages'?: (_distrifs_v1_RaftMessage)[];
}

export interface RaftBatch__Output {
  'clusterId': (string);
  /**
   * host:port at which the sender is reached.
   */
  'senderAddress': (string);
  'messages': (_distrifs_v1_RaftMessage__Output)[];
}
