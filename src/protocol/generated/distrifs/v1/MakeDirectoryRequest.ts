// Original file: proto/distrifs/v1/namespace.proto

import type { MutationHeader as _distrifs_v1_MutationHeader, MutationHeader__Output as _distrifs_v1_MutationHeader__Output } from '../../distrifs/v1/MutationHeader.js';

export interface MakeDirectoryRequest {
  'header'?: (_distrifs_v1_MutationHeader | null);
  'path'?: (string);
  /**
   * Make missing parents and accept an existing directory.
   */
  'recursive'?: (boolean);
  'owner'?: (string);
  'group'?: (string);
  'mode'?: (number);
}

export interface MakeDirectoryRequest__Output {
  'header': (_distrifs_v1_MutationHeader__Output | null);
  'path': (string);
  /**
   * Make missing parents and accept an existing directory.
   */
  'recursive': (boolean);
  'owner': (string);
  'group': (string);
  'mode': (number);
}
