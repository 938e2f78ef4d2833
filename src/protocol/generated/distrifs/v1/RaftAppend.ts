// Original file: proto/distrifs/v1/raft.proto

import type { RaftEntryId as _distrifs_v1_RaftEntryId, RaftEntryId__Output as _distrifs_v1_RaftEntryId__Output } from '../../distrifs/v1/RaftEntryId.js';
import type { RaftEntry as _distrifs_v1_RaftEntry, RaftEntry__Output as _distrifs_v1_RaftEntry__Output } from '../../distrifs/v1/RaftEntry.js';
import type { Long } from '@grpc/proto-loader';

export interface RaftAppend {
  'previous'?: (_distrifs_v1_RaftEntryId | null);
  'entries'?: (_distrifs_v1_RaftEntry)[];
  'commit'?: (number | string | Long);
}

export interface RaftAppend__Output {
  'previous': (_distrifs_v1_RaftEntryId__Output | null);
  'entries': (_distrifs_v1_RaftEntry__Output)[];
  'commit': (number);
}
