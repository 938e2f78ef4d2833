// Original file: proto/distrifs/v1/raft.proto

import type { RaftEntryId as _distrifs_v1_RaftEntryId, RaftEntryId__Output as _distrifs_v1_RaftEntryId__Output } from '../../distrifs/v1/RaftEntryId.js';
import type { RaftMembers as _distrifs_v1_RaftMembers, RaftMembers__Output as _distrifs_v1_RaftMembers__Output } from '../../distrifs/v1/RaftMembers.js';

export interface RaftSnapshot {
  'last'?: (_distrifs_v1_RaftEntryId | null);
  'id'?: (string);
  'members'?: (_distrifs_v1_RaftMembers | null);
}

export interface RaftSnapshot__Output {
  'last': (_distrifs_v1_RaftEntryId__Output | null);
  'id': (string);
  'members': (_distrifs_v1_RaftMembers__Output | null);
}
