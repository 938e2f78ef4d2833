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
   * Instance id received by this master; empty: none received. See RaftBatch.
   */
  'life'?: (string);
  /**
   * The answering master leads, and has not heard this member within the last election timeout or two.
   */
  'isSilent'?: (boolean);
  /**
   * The highest op code of an operation that the member can apply, as far as known; 0: unknown.
   */
  'highestOperation'?: (number);
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
   * Instance id received by this master; empty: none received. See RaftBatch.
   */
  'life': (string);
  /**
   * The answering master leads, and has not heard this member within the last election timeout or two.
   */
  'isSilent': (boolean);
  /**
   * The highest op code of an operation that the member can apply, as far as known; 0: unknown.
   */
  'highestOperation': (number);
}
