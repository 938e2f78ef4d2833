// Original file: proto/distrifs/v1/data.proto

export const QuarantineFinding = {
  NOT_VERIFIED: 'NOT_VERIFIED',
  /**
   * The data matches a file of checksums beside it.
   */
  MATCHES: 'MATCHES',
  DIFFERS: 'DIFFERS',
  /**
   * Data or checksums are missing.
   */
  UNVERIFIABLE: 'UNVERIFIABLE',
  RESTORED: 'RESTORED',
  PURGED: 'PURGED',
} as const;

export type QuarantineFinding =
  | 'NOT_VERIFIED'
  | 0
  /**
   * The data matches a file of checksums beside it.
   */
  | 'MATCHES'
  | 1
  | 'DIFFERS'
  | 2
  /**
   * Data or checksums are missing.
   */
  | 'UNVERIFIABLE'
  | 3
  | 'RESTORED'
  | 4
  | 'PURGED'
  | 5

export type QuarantineFinding__Output = typeof QuarantineFinding[keyof typeof QuarantineFinding]
