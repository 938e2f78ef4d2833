// Original file: proto/distrifs/v1/masters.proto

export const MasterRole = {
  MASTER_ROLE_UNSPECIFIED: 'MASTER_ROLE_UNSPECIFIED',
  LEADER: 'LEADER',
  FOLLOWER: 'FOLLOWER',
  CANDIDATE: 'CANDIDATE',
  /**
   * A member without a vote: added, and not caught up yet.
   */
  LEARNER: 'LEARNER',
  /**
   * A durable non-voter: its log lost entries, and the leader is repairing it.
   */
  DAMAGED: 'DAMAGED',
  /**
   * Started with --join: waits for an invitation.
   */
  WAITING: 'WAITING',
} as const;

export type MasterRole =
  | 'MASTER_ROLE_UNSPECIFIED'
  | 0
  | 'LEADER'
  | 1
  | 'FOLLOWER'
  | 2
  | 'CANDIDATE'
  | 3
  /**
   * A member without a vote: added, and not caught up yet.
   */
  | 'LEARNER'
  | 4
  /**
   * A durable non-voter: its log lost entries, and the leader is repairing it.
   */
  | 'DAMAGED'
  | 5
  /**
   * Started with --join: waits for an invitation.
   */
  | 'WAITING'
  | 6

export type MasterRole__Output = typeof MasterRole[keyof typeof MasterRole]
