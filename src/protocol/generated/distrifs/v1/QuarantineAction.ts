// Original file: proto/distrifs/v1/data.proto

export const QuarantineAction = {
  QUARANTINE_ACTION_UNSPECIFIED: 'QUARANTINE_ACTION_UNSPECIFIED',
  /**
   * Name what is there, without reading it.
   */
  LIST: 'LIST',
  /**
   * Compare the data of one item with its checksums.
   */
  VERIFY: 'VERIFY',
  /**
   * Put one item back into the folder, if it matches.
   */
  RESTORE: 'RESTORE',
  /**
   * Delete the files of one item.
   */
  PURGE: 'PURGE',
} as const;

export type QuarantineAction =
  | 'QUARANTINE_ACTION_UNSPECIFIED'
  | 0
  /**
   * Name what is there, without reading it.
   */
  | 'LIST'
  | 1
  /**
   * Compare the data of one item with its checksums.
   */
  | 'VERIFY'
  | 2
  /**
   * Put one item back into the folder, if it matches.
   */
  | 'RESTORE'
  | 3
  /**
   * Delete the files of one item.
   */
  | 'PURGE'
  | 4

export type QuarantineAction__Output = typeof QuarantineAction[keyof typeof QuarantineAction]
