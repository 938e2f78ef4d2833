// Original file: proto/distrifs/v1/raft.proto

import type { RaftMembers as _distrifs_v1_RaftMembers, RaftMembers__Output as _distrifs_v1_RaftMembers__Output } from '../../distrifs/v1/RaftMembers.js';
import type { Long } from '@grpc/proto-loader';

export interface RaftEntry {
  'index'?: (number | string | Long);
  'term'?: (number | string | Long);
  /**
   * Opens a term; always true.
   */
  'empty'?: (boolean);
  /**
   * Op code, then a LogEntry.
   */
  'data'?: (Buffer | Uint8Array | string);
  'members'?: (_distrifs_v1_RaftMembers | null);
  'body'?: "empty"|"data"|"members";
}

export interface RaftEntry__Output {
  'index': (number);
  'term': (number);
  /**
   * Opens a term; always true.
   */
  'empty'?: (boolean);
  /**
   * Op code, then a LogEntry.
   */
  'data'?: (Buffer);
  'members'?: (_distrifs_v1_RaftMembers__Output | null);
  'body'?: "empty"|"data"|"members";
}
