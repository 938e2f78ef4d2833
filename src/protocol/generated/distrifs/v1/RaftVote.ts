// Original file: proto/distrifs/v1/raft.proto

import type { RaftEntryId as _distrifs_v1_RaftEntryId, RaftEntryId__Output as _distrifs_v1_RaftEntryId__Output } from '../../distrifs/v1/RaftEntryId.js';

export interface RaftVote {
  'isPre'?: (boolean);
  'last'?: (_distrifs_v1_RaftEntryId | null);
  'isForced'?: (boolean);
}

export interface RaftVote__Output {
  'isPre': (boolean);
  'last': (_distrifs_v1_RaftEntryId__Output | null);
  'isForced': (boolean);
}
