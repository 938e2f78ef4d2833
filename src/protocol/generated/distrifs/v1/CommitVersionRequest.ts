// Original file: proto/distrifs/v1/namespace.proto

import type { MutationHeader as _distrifs_v1_MutationHeader, MutationHeader__Output as _distrifs_v1_MutationHeader__Output } from '../../distrifs/v1/MutationHeader.js';
import type { Long } from '@grpc/proto-loader';

export interface CommitVersionRequest {
  'header'?: (_distrifs_v1_MutationHeader | null);
  'fileId'?: (number | string | Long);
  'chunkId'?: (number | string | Long);
  'fromVersion'?: (number | string | Long);
  'toVersion'?: (number | string | Long);
  'lengthBytes'?: (number | string | Long);
  'nodeIds'?: (string)[];
}

export interface CommitVersionRequest__Output {
  'header': (_distrifs_v1_MutationHeader__Output | null);
  'fileId': (number);
  'chunkId': (number);
  'fromVersion': (number);
  'toVersion': (number);
  'lengthBytes': (number);
  'nodeIds': (string)[];
}
