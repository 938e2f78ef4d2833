// Original file: proto/distrifs/v1/raft.proto

import type { MasterContact as _distrifs_v1_MasterContact, MasterContact__Output as _distrifs_v1_MasterContact__Output } from '../../distrifs/v1/MasterContact.js';
import type { Long } from '@grpc/proto-loader';

export interface InviteRequest {
  'clusterId'?: (string);
  'masterId'?: (string);
  'incarnation'?: (number | string | Long);
  /**
   * Of the members: where the invited master finds its group if it moves before it has heard any of them.
   */
  'contacts'?: (_distrifs_v1_MasterContact)[];
}

export interface InviteRequest__Output {
  'clusterId': (string);
  'masterId': (string);
  'incarnation': (number);
  /**
   * Of the members: where the invited master finds its group if it moves before it has heard any of them.
   */
  'contacts': (_distrifs_v1_MasterContact__Output)[];
}
