// Original file: proto/distrifs/v1/masters.proto

export const MasterRole = {
  MASTER_ROLE_UNSPECIFIED: 'MASTER_ROLE_UNSPECIFIED',
  LEADER: 'LEADER',
  FOLLOWER: 'FOLLOWER',
  CANDIDATE: 'CANDIDATE',
  /**
   * In the group without a vote: added and not caught up.
   */
  LEARNER: 'LEARNER',
  /**
   * A durable non-voter: its log lost entries, and is being made whole by the leader.
   */
  DAMAGED: 'DAMAGED',
  /**
   * Started with --join: waits to be invited.
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
   * In the group without a vote: added and not caught up.
   */
  | 'LEARNER'
  | 4
  /**
   * A durable non-voter: its log lost entries, and is being made whole by the leader.
   */
  | 'DAMAGED'
  | 5
  /**
   * Started with --join: waits to be invited.
   */
  | 'WAITING'
  | 6

export type MasterRole__Output = typeof MasterRole[keyof typeof MasterRole]
