// Original file: proto/distrifs/v1/data.proto

import type { Long } from '@grpc/proto-loader';

/**
 * Asks for the CRC32 of a part of a replica of exactly this version, answered from its file of checksums with ChecksumAnswer or
 * ERROR. No data is read.
 */
export interface ChecksumOpen {
  'clusterId'?: (string);
  'chunkId'?: (number | string | Long);
  'version'?: (number | string | Long);
  /**
   * The first byte: the first of a checksum block.
   */
  'offsetBytes'?: (number | string | Long);
  /**
   * The part ends with a whole checksum block, or with the chunk, at the latest after so many bytes.
   */
  'lengthBytes'?: (number | string | Long);
  'nodeId'?: (string);
}

/**
 * Asks for the CRC32 of a part of a replica of exactly this version, answered from its file of checksums with ChecksumAnswer or
 * ERROR. No data is read.
 */
export interface ChecksumOpen__Output {
  'clusterId': (string);
  'chunkId': (number);
  'version': (number);
  /**
   * The first byte: the first of a checksum block.
   */
  'offsetBytes': (number);
  /**
   * The part ends with a whole checksum block, or with the chunk, at the latest after so many bytes.
   */
  'lengthBytes': (number);
  'nodeId': (string);
}
