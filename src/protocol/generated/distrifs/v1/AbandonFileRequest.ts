// Original file: proto/distrifs/v1/namespace.proto

import type { MutationHeader as _distrifs_v1_MutationHeader, MutationHeader__Output as _distrifs_v1_MutationHeader__Output } from '../../distrifs/v1/MutationHeader.js';
import type { Long } from '@grpc/proto-loader';

export interface AbandonFileRequest {
  'header'?: (_distrifs_v1_MutationHeader | null);
  'fileId'?: (number | string | Long);
}

export interface AbandonFileRequest__Output {
  'header': (_distrifs_v1_MutationHeader__Output | null);
  'fileId': (number);
}
