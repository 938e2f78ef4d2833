// Original file: proto/distrifs/v1/datanode.proto

import type { Long } from '@grpc/proto-loader';

export interface BlockReportResponse {
  'term'?: (number | string | Long);
  'needsRegistration'?: (boolean);
}

export interface BlockReportResponse__Output {
  'term': (number);
  'needsRegistration': (boolean);
}
