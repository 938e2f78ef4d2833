// Original file: proto/distrifs/v1/data.proto

import type { Long } from '@grpc/proto-loader';

/**
 * Precedes the packets of a read, which cover [first_offset, first_offset + length) of the chunk, whole blocks but for the chunk's
 * last.
 */
export interface ReadHeader {
  'chunkLengthBytes'?: (number | string | Long);
  'firstOffsetBytes'?: (number | string | Long);
  'lengthBytes'?: (number | string | Long);
}

/**
 * Precedes the packets of a read, which cover [first_offset, first_offset + length) of the chunk, whole blocks but for the chunk's
 * last.
 */
export interface ReadHeader__Output {
  'chunkLengthBytes': (number);
  'firstOffsetBytes': (number);
  'lengthBytes': (number);
}
