// Original file: proto/distrifs/v1/data.proto

export const WritePurpose = {
  WRITE_PURPOSE_UNSPECIFIED: 'WRITE_PURPOSE_UNSPECIFIED',
  /**
   * A client writes a new version.
   */
  CLIENT_WRITE: 'CLIENT_WRITE',
  /**
   * A node copies a committed replica by command of the master.
   */
  REPAIR: 'REPAIR',
} as const;

export type WritePurpose =
  | 'WRITE_PURPOSE_UNSPECIFIED'
  | 0
  /**
   * A client writes a new version.
   */
  | 'CLIENT_WRITE'
  | 1
  /**
   * A node copies a committed replica by command of the master.
   */
  | 'REPAIR'
  | 2

export type WritePurpose__Output = typeof WritePurpose[keyof typeof WritePurpose]
