// Original file: proto/distrifs/v1/log.proto

import type { Long } from '@grpc/proto-loader';

/**
 * The first record of a cluster.
 */
export interface InitCluster {
  'clusterId'?: (string);
  'masterId'?: (string);
  'incarnation'?: (string);
  'defaultReplication'?: (number);
  'defaultChunkSizeBytes'?: (number | string | Long);
  'minReplicas'?: (number);
  'sessionTimeoutMs'?: (number | string | Long);
}

/**
 * The first record of a cluster.
 */
export interface InitCluster__Output {
  'clusterId': (string);
  'masterId': (string);
  'incarnation': (string);
  'defaultReplication': (number);
  'defaultChunkSizeBytes': (number);
  'minReplicas': (number);
  'sessionTimeoutMs': (number);
}
