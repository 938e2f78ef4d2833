// Original file: proto/distrifs/v1/namespace.proto

import type { FileInfo as _distrifs_v1_FileInfo, FileInfo__Output as _distrifs_v1_FileInfo__Output } from '../../distrifs/v1/FileInfo.js';

export interface ListDirectoryResponse {
  'entries'?: (_distrifs_v1_FileInfo)[];
  'hasMore'?: (boolean);
}

export interface ListDirectoryResponse__Output {
  'entries': (_distrifs_v1_FileInfo__Output)[];
  'hasMore': (boolean);
}
