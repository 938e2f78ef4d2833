// Original file: proto/distrifs/v1/namespace.proto

import type { Long } from '@grpc/proto-loader';

export interface RenewSessionRequest {
  'clusterId'?: (string);
  'sessionId'?: (number | string | Long);
}

export interface RenewSessionRequest__Output {
  'clusterId': (string);
  'sessionId': (number);
}
