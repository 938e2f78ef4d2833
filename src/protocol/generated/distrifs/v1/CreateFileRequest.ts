// Original file: proto/distrifs/v1/namespace.proto

import type { MutationHeader as _distrifs_v1_MutationHeader, MutationHeader__Output as _distrifs_v1_MutationHeader__Output } from '../../distrifs/v1/MutationHeader.js';
import type { FirstChunk as _distrifs_v1_FirstChunk, FirstChunk__Output as _distrifs_v1_FirstChunk__Output } from '../../distrifs/v1/FirstChunk.js';
import type { Long } from '@grpc/proto-loader';

export interface CreateFileRequest {
  'header'?: (_distrifs_v1_MutationHeader | null);
  'path'?: (string);
  /**
   * 0: the cluster's default.
   */
  'replication'?: (number);
  /**
   * 0: the cluster's default.
   */
  'chunkSizeBytes'?: (number | string | Long);
  /**
   * false: ALREADY_EXISTS when the path exists. true: the existing file is replaced when the new file is completed.
   */
  'overwrite'?: (boolean);
  'owner'?: (string);
  'group'?: (string);
  'mode'?: (number);
  /**
   * Asks for the plan of the first chunk in the same answer.
   */
  'firstChunk'?: (_distrifs_v1_FirstChunk | null);
}

export interface CreateFileRequest__Output {
  'header': (_distrifs_v1_MutationHeader__Output | null);
  'path': (string);
  /**
   * 0: the cluster's default.
   */
  'replication': (number);
  /**
   * 0: the cluster's default.
   */
  'chunkSizeBytes': (number);
  /**
   * false: ALREADY_EXISTS when the path exists. true: the existing file is replaced when the new file is completed.
   */
  'overwrite': (boolean);
  'owner': (string);
  'group': (string);
  'mode': (number);
  /**
   * Asks for the plan of the first chunk in the same answer.
   */
  'firstChunk': (_distrifs_v1_FirstChunk__Output | null);
}
