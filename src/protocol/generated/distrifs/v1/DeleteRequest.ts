// Original file: proto/distrifs/v1/namespace.proto

import type { MutationHeader as _distrifs_v1_MutationHeader, MutationHeader__Output as _distrifs_v1_MutationHeader__Output } from '../../distrifs/v1/MutationHeader.js';

export interface DeleteRequest {
  'header'?: (_distrifs_v1_MutationHeader | null);
  'path'?: (string);
  'recursive'?: (boolean);
}

export interface DeleteRequest__Output {
  'header': (_distrifs_v1_MutationHeader__Output | null);
  'path': (string);
  'recursive': (boolean);
}
