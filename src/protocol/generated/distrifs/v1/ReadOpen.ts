// Original file: proto/distrifs/v1/data.proto

import type { Long } from '@grpc/proto-loader';

/**
 * Asks for a byte range of a replica of exactly this version.
 */
export interface ReadOpen {
  'clusterId'?: (string);
  'chunkId'?: (number | string | Long);
  'version'?: (number | string | Long);
  'offsetBytes'?: (number | string | Long);
  /**
   * Requested bytes; the answer covers whole checksum blocks.
   */
  'lengthBytes'?: (number | string | Long);
  'nodeId'?: (string);
}

/**
 * Asks for a byte range of a replica of exactly this version.
 */
export interface ReadOpen__Output {
  'clusterId': (string);
  'chunkId': (number);
  'version': (number);
  'offsetBytes': (number);
  /**
   * Requested bytes; the answer covers whole checksum blocks.
   */
  'lengthBytes': (number);
  'nodeId': (string);
}
