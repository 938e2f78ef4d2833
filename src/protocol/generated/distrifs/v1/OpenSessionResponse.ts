// Original file: proto/distrifs/v1/namespace.proto

import type { Long } from '@grpc/proto-loader';

export interface OpenSessionResponse {
  'clusterId'?: (string);
  'sessionId'?: (number | string | Long);
  /**
   * Unused for this long, the session expires.
   */
  'sessionTimeoutMs'?: (number | string | Long);
  /**
   * Renewed this often, the session's write leases hold.
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
   * Unused for this long, the session expires.
   */
  'sessionTimeoutMs': (number);
  /**
   * Renewed this often, the session's write leases hold.
   */
  'renewIntervalMs': (number);
  'term': (number);
  'defaultReplication': (number);
  'defaultChunkSizeBytes': (number);
  'minReplicas': (number);
}
