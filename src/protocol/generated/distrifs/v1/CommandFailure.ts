// Original file: proto/distrifs/v1/datanode.proto

import type { ErrorDetail as _distrifs_v1_ErrorDetail, ErrorDetail__Output as _distrifs_v1_ErrorDetail__Output } from '../../distrifs/v1/ErrorDetail.js';
import type { Long } from '@grpc/proto-loader';

export interface CommandFailure {
  'commandId'?: (number | string | Long);
  'error'?: (_distrifs_v1_ErrorDetail | null);
}

export interface CommandFailure__Output {
  'commandId': (number);
  'error': (_distrifs_v1_ErrorDetail__Output | null);
}
