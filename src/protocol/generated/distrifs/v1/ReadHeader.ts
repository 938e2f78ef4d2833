// Original file: proto/distrifs/v1/data.proto

import type { Long } from '@grpc/proto-loader';

/**
 * Before the packets of a read: what follows covers [first_offset, first_offset + length) of the chunk, whole blocks but for the chunk's last.
 */
export interface ReadHeader {
  'chunkLengthBytes'?: (number | string | Long);
  'firstOffsetBytes'?: (number | string | Long);
  'lengthBytes'?: (number | string | Long);
}

/**
 * Before the packets of a read: what follows covers [first_offset, first_offset + length) of the chunk, whole blocks but for the chunk's last.
 */
export interface ReadHeader__Output {
  'chunkLengthBytes': (number);
  'firstOffsetBytes': (number);
  'lengthBytes': (number);
}
