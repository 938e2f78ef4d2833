// Original file: proto/distrifs/v1/namespace.proto

import type { Long } from '@grpc/proto-loader';

export interface OpenSessionResponse {
  'clusterId'?: (string);
  'sessionId'?: (number | string | Long);
  /**
   * Time after which an unused session expires.
   */
  'sessionTimeoutMs'?: (number | string | Long);
  /**
   * Interval of renewals that keeps the session's write leases valid.
   */
  'renewIntervalMs'?: (number | string | Long);
  'term'?: (number | string | Long);
  'defaultReplication'?: (number);
  'defaultChunkSizeBytes'?: (number | string | Long);
  'minReplicas'?: (number);
}

export interface OpenSessionResponse__Output {
  'clusterId': (string);
  'sessionId': (number);
  /**
   * Time after which an unused session expires.
   */
  'sessionTimeoutMs': (number);
  /**
   * Interval of renewals that keeps the session's write leases valid.
   */
  'renewIntervalMs': (number);
  'term': (number);
  'defaultReplication': (number);
  'defaultChunkSizeBytes': (number);
  'minReplicas': (number);
}
