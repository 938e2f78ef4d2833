// Original file: proto/distrifs/v1/datanode.proto

export const ReplicaState = {
  REPLICA_STATE_UNSPECIFIED: 'REPLICA_STATE_UNSPECIFIED',
  /**
   * Committed on disk at the given version and length.
   */
  COMMITTED: 'COMMITTED',
  /**
   * Being written at the given (reserved) version, without any guarantee.
   */
  WRITING: 'WRITING',
  /**
   * Gone from this node (deleted by command, or missing when the directory was scanned).
   */
  DELETED: 'DELETED',
  /**
   * On disk, but found damaged, or unreadable again and again: does not count as a replica. Blocks of it that match are served.
   */
  CORRUPT: 'CORRUPT',
} as const;

export type ReplicaState =
  | 'REPLICA_STATE_UNSPECIFIED'
  | 0
  /**
   * Committed on disk at the given version and length.
   */
  | 'COMMITTED'
  | 1
  /**
   * Being written at the given (reserved) version, without any guarantee.
   */
  | 'WRITING'
  | 2
  /**
   * Gone from this node (deleted by command, or missing when the directory was scanned).
   */
  | 'DELETED'
  | 3
  /**
   * On disk, but found damaged, or unreadable again and again: does not count as a replica. Blocks of it that match are served.
   */
  | 'CORRUPT'
  | 4

export type ReplicaState__Output = typeof ReplicaState[keyof typeof ReplicaState]
