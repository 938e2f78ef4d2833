// Original file: proto/distrifs/v1/namespace.proto

import type { FileInfo as _distrifs_v1_FileInfo, FileInfo__Output as _distrifs_v1_FileInfo__Output } from '../../distrifs/v1/FileInfo.js';

export interface CompleteFileResponse {
  'file'?: (_distrifs_v1_FileInfo | null);
}

export interface CompleteFileResponse__Output {
  'file': (_distrifs_v1_FileInfo__Output | null);
}
