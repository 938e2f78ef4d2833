// Original file: proto/distrifs/v1/common.proto

import type { Long } from '@grpc/proto-loader';

/**
 * Identifies a mutation, so that a mutation with retries takes effect once.
 * A client numbers its mutations 1, 2, 3, … within a session.
 */
export interface MutationHeader {
  'clusterId'?: (string);
  'sessionId'?: (number | string | Long);
  'sequence'?: (number | string | Long);
  /**
   * The client has the answers of all mutations below this number: the master may drop them.
   */
  'ackedBelow'?: (number | string | Long);
}

/**
 * Identifies a mutation, so that a mutation with retries takes effect once.
 * A client numbers its mutations 1, 2, 3, … within a session.
 */
export interface MutationHeader__Output {
  'clusterId': (string);
  'sessionId': (number);
  'sequence': (number);
  /**
   * The client has the answers of all mutations below this number: the master may drop them.
   */
  'ackedBelow': (number);
}
