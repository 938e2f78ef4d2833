// Original file: proto/distrifs/v1/common.proto

export const DiskState = {
  /**
   * Writes succeed, as far as is known.
   */
  WRITABLE: 'WRITABLE',
  /**
   * The system refuses all changes: a file system that is mounted read-only, or missing permissions.
   */
  READ_ONLY: 'READ_ONLY',
  /**
   * The last write failed.
   */
  FAILING: 'FAILING',
} as const;

export type DiskState =
  /**
   * Writes succeed, as far as is known.
   */
  | 'WRITABLE'
  | 0
  /**
   * The system refuses all changes: a file system that is mounted read-only, or missing permissions.
   */
  | 'READ_ONLY'
  | 1
  /**
   * The last write failed.
   */
  | 'FAILING'
  | 2

export type DiskState__Output = typeof DiskState[keyof typeof DiskState]
