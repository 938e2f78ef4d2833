// Original file: proto/distrifs/v1/log.proto

import type { Long } from '@grpc/proto-loader';

/**
 * A leader's first record of its term.
 */
export interface BeginTerm {
  'term'?: (number | string | Long);
  'leaderId'?: (string);
  'incarnation'?: (string);
}

/**
 * A leader's first record of its term.
 */
export interface BeginTerm__Output {
  'term': (number);
  'leaderId': (string);
  'incarnation': (string);
}
