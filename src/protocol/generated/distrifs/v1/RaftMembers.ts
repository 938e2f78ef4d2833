// Original file: proto/distrifs/v1/raft.proto

import type { RaftMember as _distrifs_v1_RaftMember, RaftMember__Output as _distrifs_v1_RaftMember__Output } from '../../distrifs/v1/RaftMember.js';

/**
 * The whole set of members. Also the body of a MEMBERS record of the log.
 */
export interface RaftMembers {
  'members'?: (_distrifs_v1_RaftMember)[];
}

/**
 * The whole set of members. Also the body of a MEMBERS record of the log.
 */
export interface RaftMembers__Output {
  'members': (_distrifs_v1_RaftMember__Output)[];
}
