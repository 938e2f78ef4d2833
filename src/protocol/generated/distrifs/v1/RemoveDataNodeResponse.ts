// Original file: proto/distrifs/v1/cluster.proto

import type { Long } from '@grpc/proto-loader';

export interface RemoveDataNodeResponse {
  /**
   * Chunks whose only known good replica was on the datanode.
   */
  'lostChunks'?: (number | string | Long);
  /**
   * It was live: it registers again as a new datanode unless it is stopped.
   */
  'wasLive'?: (boolean);
}

export interface RemoveDataNodeResponse__Output {
  /**
   * Chunks whose only known good replica was on the datanode.
   */
  'lostChunks': (number);
  /**
   * It was live: it registers again as a new datanode unless it is stopped.
   */
  'wasLive': (boolean);
}
