// Original file: proto/distrifs/v1/raft.proto

import type { RaftAddress as _distrifs_v1_RaftAddress, RaftAddress__Output as _distrifs_v1_RaftAddress__Output } from '../../distrifs/v1/RaftAddress.js';
import type { RaftVote as _distrifs_v1_RaftVote, RaftVote__Output as _distrifs_v1_RaftVote__Output } from '../../distrifs/v1/RaftVote.js';
import type { RaftVoteReply as _distrifs_v1_RaftVoteReply, RaftVoteReply__Output as _distrifs_v1_RaftVoteReply__Output } from '../../distrifs/v1/RaftVoteReply.js';
import type { RaftAppend as _distrifs_v1_RaftAppend, RaftAppend__Output as _distrifs_v1_RaftAppend__Output } from '../../distrifs/v1/RaftAppend.js';
import type { RaftAppendAccepted as _distrifs_v1_RaftAppendAccepted, RaftAppendAccepted__Output as _distrifs_v1_RaftAppendAccepted__Output } from '../../distrifs/v1/RaftAppendAccepted.js';
import type { RaftAppendRejected as _distrifs_v1_RaftAppendRejected, RaftAppendRejected__Output as _distrifs_v1_RaftAppendRejected__Output } from '../../distrifs/v1/RaftAppendRejected.js';
import type { RaftHeartbeat as _distrifs_v1_RaftHeartbeat, RaftHeartbeat__Output as _distrifs_v1_RaftHeartbeat__Output } from '../../distrifs/v1/RaftHeartbeat.js';
import type { RaftHeartbeatReply as _distrifs_v1_RaftHeartbeatReply, RaftHeartbeatReply__Output as _distrifs_v1_RaftHeartbeatReply__Output } from '../../distrifs/v1/RaftHeartbeatReply.js';
import type { RaftPiece as _distrifs_v1_RaftPiece, RaftPiece__Output as _distrifs_v1_RaftPiece__Output } from '../../distrifs/v1/RaftPiece.js';
import type { RaftSnapshotReply as _distrifs_v1_RaftSnapshotReply, RaftSnapshotReply__Output as _distrifs_v1_RaftSnapshotReply__Output } from '../../distrifs/v1/RaftSnapshotReply.js';
import type { RaftTimeoutNow as _distrifs_v1_RaftTimeoutNow, RaftTimeoutNow__Output as _distrifs_v1_RaftTimeoutNow__Output } from '../../distrifs/v1/RaftTimeoutNow.js';
import type { Long } from '@grpc/proto-loader';

export interface RaftMessage {
  'from'?: (_distrifs_v1_RaftAddress | null);
  'to'?: (_distrifs_v1_RaftAddress | null);
  'term'?: (number | string | Long);
  'vote'?: (_distrifs_v1_RaftVote | null);
  'voteReply'?: (_distrifs_v1_RaftVoteReply | null);
  'append'?: (_distrifs_v1_RaftAppend | null);
  'appendAccepted'?: (_distrifs_v1_RaftAppendAccepted | null);
  'appendRejected'?: (_distrifs_v1_RaftAppendRejected | null);
  'heartbeat'?: (_distrifs_v1_RaftHeartbeat | null);
  'heartbeatReply'?: (_distrifs_v1_RaftHeartbeatReply | null);
  'snapshot'?: (_distrifs_v1_RaftPiece | null);
  'snapshotReply'?: (_distrifs_v1_RaftSnapshotReply | null);
  'timeoutNow'?: (_distrifs_v1_RaftTimeoutNow | null);
  'body'?: "vote"|"voteReply"|"append"|"appendAccepted"|"appendRejected"|"heartbeat"|"heartbeatReply"|"snapshot"|"snapshotReply"|"timeoutNow";
}

export interface RaftMessage__Output {
  'from': (_distrifs_v1_RaftAddress__Output | null);
  'to': (_distrifs_v1_RaftAddress__Output | null);
  'term': (number);
  'vote'?: (_distrifs_v1_RaftVote__Output | null);
  'voteReply'?: (_distrifs_v1_RaftVoteReply__Output | null);
  'append'?: (_distrifs_v1_RaftAppend__Output | null);
  'appendAccepted'?: (_distrifs_v1_RaftAppendAccepted__Output | null);
  'appendRejected'?: (_distrifs_v1_RaftAppendRejected__Output | null);
  'heartbeat'?: (_distrifs_v1_RaftHeartbeat__Output | null);
  'heartbeatReply'?: (_distrifs_v1_RaftHeartbeatReply__Output | null);
  'snapshot'?: (_distrifs_v1_RaftPiece__Output | null);
  'snapshotReply'?: (_distrifs_v1_RaftSnapshotReply__Output | null);
  'timeoutNow'?: (_distrifs_v1_RaftTimeoutNow__Output | null);
  'body'?: "vote"|"voteReply"|"append"|"appendAccepted"|"appendRejected"|"heartbeat"|"heartbeatReply"|"snapshot"|"snapshotReply"|"timeoutNow";
}
