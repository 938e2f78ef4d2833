// Original file: proto/distrifs/v1/raft.proto

import type { RaftMessage as _distrifs_v1_RaftMessage, RaftMessage__Output as _distrifs_v1_RaftMessage__Output } from '../../distrifs/v1/RaftMessage.js';

export interface RaftBatch {
  'clusterId'?: (string);
  /**
   * host:port at which the sender is reached.
   */
  'senderAddress'?: (string);
  /**
   * All from one master.
   */
  'messages'?: (_distrifs_v1_RaftMessage)[];
  /**
   * Random, made with the sender's folder: tells a founder from the same one after it lost its disk.
   */
  'senderLife'?: (string);
}

export interface RaftBatch__Output {
  'clusterId': (string);
  /**
   * host:port at which the sender is reached.
   */
  'senderAddress': (string);
  /**
   * All from one master.
   */
  'messages': (_distrifs_v1_RaftMessage__Output)[];
  /**
   * Random, made with the sender's folder: tells a founder from the same one after it lost its disk.
   */
  'senderLife': (string);
}
