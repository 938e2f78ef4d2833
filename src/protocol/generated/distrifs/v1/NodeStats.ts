// Original file: proto/distrifs/v1/common.proto

import type { Long } from '@grpc/proto-loader';

export interface NodeStats {
  'capacityBytes'?: (number | string | Long);
  'usedBytes'?: (number | string | Long);
  'freeBytes'?: (number | string | Long);
  'chunkCount'?: (number | string | Long);
  'activeWrites'?: (number);
  'activeReads'?: (number);
}

export interface NodeStats__Output {
  'capacityBytes': (number);
  'usedBytes': (number);
  'freeBytes': (number);
  'chunkCount': (number);
  'activeWrites': (number);
  'activeReads': (number);
}
