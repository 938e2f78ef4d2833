// Original file: proto/distrifs/v1/raft.proto

import type { RaftMessage as _distrifs_v1_RaftMessage, RaftMessage__Output as _distrifs_v1_RaftMessage__Output } from '../../distrifs/v1/RaftMessage.js';
import type { Long } from '@grpc/proto-loader';

export interface RaftBatch {
  'clusterId'?: (string);
  /**
   * host:port at which the sender is reached.
   */
  'senderAddress'?: (string);
  /**
   * All messages are from one master.
   */
  'messages'?: (_distrifs_v1_RaftMessage)[];
  /**
   * Random, made with the sender's folder: distinguishes an initial member from the same member after the loss of its disk.
   */
  'senderLife'?: (string);
  /**
   * With sender_address: version and highest_operation of the sender's MasterContact. 0: the sender's release has none.
   */
  'senderVersion'?: (number | string | Long);
  'senderHighestOperation'?: (number);
}

export interface RaftBatch__Output {
  'clusterId': (string);
  /**
   * host:port at which the sender is reached.
   */
  'senderAddress': (string);
  /**
   * All messages are from one master.
   */
  'messages': (_distrifs_v1_RaftMessage__Output)[];
  /**
   * Random, made with the sender's folder: distinguishes an initial member from the same member after the loss of its disk.
   */
  'senderLife': (string);
  /**
   * With sender_address: version and highest_operation of the sender's MasterContact. 0: the sender's release has none.
   */
  'senderVersion': (number);
  'senderHighestOperation': (number);
}
