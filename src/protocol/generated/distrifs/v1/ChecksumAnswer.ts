// Original file: proto/distrifs/v1/data.proto

import type { Long } from '@grpc/proto-loader';

export interface ChecksumAnswer {
  'crc32'?: (number);
  /**
   * The bytes that crc32 covers, from offset_bytes.
   */
  'lengthBytes'?: (number | string | Long);
  'chunkLengthBytes'?: (number | string | Long);
}

export interface ChecksumAnswer__Output {
  'crc32': (number);
  /**
   * The bytes that crc32 covers, from offset_bytes.
   */
  'lengthBytes': (number);
  'chunkLengthBytes': (number);
}
