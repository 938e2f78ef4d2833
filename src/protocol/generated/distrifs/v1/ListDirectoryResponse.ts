// Original file: proto/distrifs/v1/namespace.proto

import type { FileInfo as _distrifs_v1_FileInfo, FileInfo__Output as _distrifs_v1_FileInfo__Output } from '../../distrifs/v1/FileInfo.js';

export interface ListDirectoryResponse {
  /**
   * As many as the message holds.
   */
  'entries'?: (_distrifs_v1_FileInfo)[];
  'hasMore'?: (boolean);
}

export interface ListDirectoryResponse__Output {
  /**
   * As many as the message holds.
   */
  'entries': (_distrifs_v1_FileInfo__Output)[];
  'hasMore': (boolean);
}
