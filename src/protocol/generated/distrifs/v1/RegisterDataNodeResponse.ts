// Original file: proto/distrifs/v1/datanode.proto

import type { Long } from '@grpc/proto-loader';

export interface RegisterDataNodeResponse {
  'clusterId'?: (string);
  'registrationId'?: (number | string | Long);
  'term'?: (number | string | Long);
  'heartbeatIntervalMs'?: (number | string | Long);
  'blockReportIntervalMs'?: (number | string | Long);
}

export interface RegisterDataNodeResponse__Output {
  'clusterId': (string);
  'registrationId': (number);
  'term': (number);
  'heartbeatIntervalMs': (number);
  'blockReportIntervalMs': (number);
}
