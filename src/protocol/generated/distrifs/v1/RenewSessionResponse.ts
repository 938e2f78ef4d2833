// Original file: proto/distrifs/v1/namespace.proto

import type { Long } from '@grpc/proto-loader';

export interface RenewSessionResponse {
  'term'?: (number | string | Long);
}

export interface RenewSessionResponse__Output {
  'term': (number);
}
