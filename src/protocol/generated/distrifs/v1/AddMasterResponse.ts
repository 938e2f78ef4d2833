// Original file: proto/distrifs/v1/masters.proto

import type { Long } from '@grpc/proto-loader';

export interface AddMasterResponse {
  'incarnation'?: (number | string | Long);
}

export interface AddMasterResponse__Output {
  'incarnation': (number);
}
