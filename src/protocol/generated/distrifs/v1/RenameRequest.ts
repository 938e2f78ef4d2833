// Original file: proto/distrifs/v1/namespace.proto

import type { MutationHeader as _distrifs_v1_MutationHeader, MutationHeader__Output as _distrifs_v1_MutationHeader__Output } from '../../distrifs/v1/MutationHeader.js';

/**
 * As rename(2): a file replaces a file, a directory replaces an empty directory.
 */
export interface RenameRequest {
  'header'?: (_distrifs_v1_MutationHeader | null);
  'fromPath'?: (string);
  'toPath'?: (string);
  /**
   * Set by the leader: what is below the new path must stay within the limits of paths. Logs of version 0.1.0 do not have it.
   */
  'keepsLimits'?: (boolean);
}

/**
 * As rename(2): a file replaces a file, a directory replaces an empty directory.
 */
export interface RenameRequest__Output {
  'header': (_distrifs_v1_MutationHeader__Output | null);
  'fromPath': (string);
  'toPath': (string);
  /**
   * Set by the leader: what is below the new path must stay within the limits of paths. Logs of version 0.1.0 do not have it.
   */
  'keepsLimits': (boolean);
}
