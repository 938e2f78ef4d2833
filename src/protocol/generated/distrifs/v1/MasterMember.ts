// Original file: proto/distrifs/v1/masters.proto

import type { Long } from '@grpc/proto-loader';

export interface MasterMember {
  'masterId'?: (string);
  /**
   * host:port; empty: unknown.
   */
  'address'?: (string);
  'incarnation'?: (number | string | Long);
  'isVoter'?: (boolean);
  /**
   * As this master has heard it; empty: never. See RaftBatch.
   */
  'life'?: (string);
}

export interface MasterMember__Output {
  'masterId': (string);
  /**
   * host:port; empty: unknown.
   */
  'address': (string);
  'incarnation': (number);
  'isVoter': (boolean);
  /**
   * As this master has heard it; empty: never. See RaftBatch.
   */
  'life': (string);
}
