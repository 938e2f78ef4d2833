// Original file: proto/distrifs/v1/common.proto

export const FileKind = {
  FILE_KIND_UNSPECIFIED: 'FILE_KIND_UNSPECIFIED',
  FILE: 'FILE',
  DIRECTORY: 'DIRECTORY',
} as const;

export type FileKind =
  | 'FILE_KIND_UNSPECIFIED'
  | 0
  | 'FILE'
  | 1
  | 'DIRECTORY'
  | 2

export type FileKind__Output = typeof FileKind[keyof typeof FileKind]
