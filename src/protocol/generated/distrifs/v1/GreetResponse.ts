// Original file: proto/distrifs/v1/raft.proto

import type { MasterContact as _distrifs_v1_MasterContact, MasterContact__Output as _distrifs_v1_MasterContact__Output } from '../../distrifs/v1/MasterContact.js';

export interface GreetResponse {
  'sender'?: (_distrifs_v1_MasterContact | null);
  'senderLife'?: (string);
  'contacts'?: (_distrifs_v1_MasterContact)[];
}

export interface GreetResponse__Output {
  'sender': (_distrifs_v1_MasterContact__Output | null);
  'senderLife': (string);
  'contacts': (_distrifs_v1_MasterContact__Output)[];
}
