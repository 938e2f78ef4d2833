// Original file: proto/distrifs/v1/namespace.proto

import type { Long } from '@grpc/proto-loader';

export interface CloseSessionRequest {
  'clusterId'?: (string);
  'sessionId'?: (number | string | Long);
}

export interface CloseSessionRequest__Output {
  'clusterId': (string);
  'sessionId': (number);
}
