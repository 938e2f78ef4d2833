// Original file: proto/distrifs/v1/namespace.proto

import type { MutationHeader as _distrifs_v1_MutationHeader, MutationHeader__Output as _distrifs_v1_MutationHeader__Output } from '../../distrifs/v1/MutationHeader.js';
import type { Long } from '@grpc/proto-loader';

export interface CompleteFileRequest {
  'header'?: (_distrifs_v1_MutationHeader | null);
  'fileId'?: (number | string | Long);
  'lengthBytes'?: (number | string | Long);
  'chunkCount'?: (number | string | Long);
}

export interface CompleteFileRequest__Output {
  'header': (_distrifs_v1_MutationHeader__Output | null);
  'fileId': (number);
  'lengthBytes': (number);
  'chunkCount': (number);
}
