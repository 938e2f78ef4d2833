// Original file: proto/distrifs/v1/raft.proto

import type { MasterContact as _distrifs_v1_MasterContact, MasterContact__Output as _distrifs_v1_MasterContact__Output } from '../../distrifs/v1/MasterContact.js';

export interface GreetRequest {
  'clusterId'?: (string);
  'sender'?: (_distrifs_v1_MasterContact | null);
  /**
   * As in RaftBatch.
   */
  'senderLife'?: (string);
  /**
   * Of the other members, as far as the sender knows them.
   */
  'contacts'?: (_distrifs_v1_MasterContact)[];
}

export interface GreetRequest__Output {
  'clusterId': (string);
  'sender': (_distrifs_v1_MasterContact__Output | null);
  /**
   * As in RaftBatch.
   */
  'senderLife': (string);
  /**
   * Of the other members, as far as the sender knows them.
   */
  'contacts': (_distrifs_v1_MasterContact__Output)[];
}
