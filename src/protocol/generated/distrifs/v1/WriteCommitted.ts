// Original file: proto/distrifs/v1/data.proto

import type { Long } from '@grpc/proto-loader';

/**
 * The chunk is committed (fsynced and in place) on these nodes: this one and all after it.
 */
export interface WriteCommitted {
  'nodeIds'?: (string)[];
  'lengthBytes'?: (number | string | Long);
}

/**
 * The chunk is committed (fsynced and in place) on these nodes: this one and all after it.
 */
export interface WriteCommitted__Output {
  'nodeIds': (string)[];
  'lengthBytes': (number);
}
