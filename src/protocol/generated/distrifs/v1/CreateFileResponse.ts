// Original file: proto/distrifs/v1/namespace.proto

import type { Long } from '@grpc/proto-loader';

export interface CreateFileResponse {
  'fileId'?: (number | string | Long);
  'replication'?: (number);
  'chunkSizeBytes'?: (number | string | Long);
}

export interface CreateFileResponse__Output {
  'fileId': (number);
  'replication': (number);
  'chunkSizeBytes': (number);
}
