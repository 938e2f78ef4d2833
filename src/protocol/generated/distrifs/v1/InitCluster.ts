// Original file: proto/distrifs/v1/log.proto

import type { FoundingMaster as _distrifs_v1_FoundingMaster, FoundingMaster__Output as _distrifs_v1_FoundingMaster__Output } from '../../distrifs/v1/FoundingMaster.js';
import type { Long } from '@grpc/proto-loader';

/**
 * The first operation of a cluster, proposed by its first leader.
 */
export interface InitCluster {
  'clusterId'?: (string);
  'defaultReplication'?: (number);
  'defaultChunkSizeBytes'?: (number | string | Long);
  'minReplicas'?: (number);
  'sessionTimeoutMs'?: (number | string | Long);
  'founders'?: (_distrifs_v1_FoundingMaster)[];
  /**
   * What the masters call one another's cluster before it is made: a hash of what they were started with. Empty: cluster_id is that.
   * A cluster of several masters that is made anew, with the same hash, is another cluster: its cluster_id is random.
   */
  'groupId'?: (string);
}

/**
 * The first operation of a cluster, proposed by its first leader.
 */
export interface InitCluster__Output {
  'clusterId': (string);
  'defaultReplication': (number);
  'defaultChunkSizeBytes': (number);
  'minReplicas': (number);
  'sessionTimeoutMs': (number);
  'founders': (_distrifs_v1_FoundingMaster__Output)[];
  /**
   * What the masters call one another's cluster before it is made: a hash of what they were started with. Empty: cluster_id is that.
   * A cluster of several masters that is made anew, with the same hash, is another cluster: its cluster_id is random.
   */
  'groupId': (string);
}
