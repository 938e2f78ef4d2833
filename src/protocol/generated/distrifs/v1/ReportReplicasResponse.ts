// Original file: proto/distrifs/v1/datanode.proto

import type { Long } from '@grpc/proto-loader';

export interface ReportReplicasResponse {
  'term'?: (number | string | Long);
  'needsRegistration'?: (boolean);
}

export interface ReportReplicasResponse__Output {
  'term': (number);
  'needsRegistration': (boolean);
}
