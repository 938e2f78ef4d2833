// Original file: proto/distrifs/v1/raft.proto

import type { RaftEntryId as _distrifs_v1_RaftEntryId, RaftEntryId__Output as _distrifs_v1_RaftEntryId__Output } from '../../distrifs/v1/RaftEntryId.js';
import type { Long } from '@grpc/proto-loader';

export interface RaftAppendRejected {
  'rejected'?: (number | string | Long);
  'hint'?: (_distrifs_v1_RaftEntryId | null);
}

export interface RaftAppendRejected__Output {
  'rejected': (number);
  'hint': (_distrifs_v1_RaftEntryId__Output | null);
}
