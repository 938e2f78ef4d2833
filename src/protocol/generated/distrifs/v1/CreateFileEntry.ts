// Original file: proto/distrifs/v1/log.proto

import type { CreateFileRequest as _distrifs_v1_CreateFileRequest, CreateFileRequest__Output as _distrifs_v1_CreateFileRequest__Output } from '../../distrifs/v1/CreateFileRequest.js';
import type { Long } from '@grpc/proto-loader';

export interface CreateFileEntry {
  'request'?: (_distrifs_v1_CreateFileRequest | null);
  /**
   * The unfinished file with an expired lease that this file replaces; 0: none.
   */
  'takeOverFileId'?: (number | string | Long);
}

export interface CreateFileEntry__Output {
  'request': (_distrifs_v1_CreateFileRequest__Output | null);
  /**
   * The unfinished file with an expired lease that this file replaces; 0: none.
   */
  'takeOverFileId': (number);
}
