// Original file: proto/distrifs/v1/common.proto

import type { FileKind as _distrifs_v1_FileKind, FileKind__Output as _distrifs_v1_FileKind__Output } from '../../distrifs/v1/FileKind.js';
import type { Long } from '@grpc/proto-loader';

export interface FileInfo {
  'fileId'?: (number | string | Long);
  'path'?: (string);
  'name'?: (string);
  'kind'?: (_distrifs_v1_FileKind);
  'lengthBytes'?: (number | string | Long);
  'replication'?: (number);
  'chunkSizeBytes'?: (number | string | Long);
  'chunkCount'?: (number | string | Long);
  'owner'?: (string);
  'group'?: (string);
  'mode'?: (number);
  /**
   * Unix milliseconds, from the wall clock of the master that logged the change.
   */
  'modifiedMs'?: (number | string | Long);
  'createdMs'?: (number | string | Long);
}

export interface FileInfo__Output {
  'fileId': (number);
  'path': (string);
  'name': (string);
  'kind': (_distrifs_v1_FileKind__Output);
  'lengthBytes': (number);
  'replication': (number);
  'chunkSizeBytes': (number);
  'chunkCount': (number);
  'owner': (string);
  'group': (string);
  'mode': (number);
  /**
   * Unix milliseconds, from the wall clock of the master that logged the change.
   */
  'modifiedMs': (number);
  'createdMs': (number);
}
