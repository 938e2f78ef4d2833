// Original file: proto/distrifs/v1/raft.proto

import type { RaftAddress as _distrifs_v1_RaftAddress, RaftAddress__Output as _distrifs_v1_RaftAddress__Output } from '../../distrifs/v1/RaftAddress.js';
import type { Long } from '@grpc/proto-loader';

/**
 * Where a master is reached, and what it can apply.
 */
export interface MasterContact {
  'master'?: (_distrifs_v1_RaftAddress | null);
  /**
   * host:port
   */
  'address'?: (string);
  /**
   * Set by that master, larger after each change of the fields below and above: the largest is the newest.
   */
  'version'?: (number | string | Long);
  /**
   * The highest op code of an operation that it can apply.
   */
  'highestOperation'?: (number);
}

/**
 * Where a master is reached, and what it can apply.
 */
export interface MasterContact__Output {
  'master': (_distrifs_v1_RaftAddress__Output | null);
  /**
   * host:port
   */
  'address': (string);
  /**
   * Set by that master, larger after each change of the fields below and above: the largest is the newest.
   */
  'version': (number);
  /**
   * The highest op code of an operation that it can apply.
   */
  'highestOperation': (number);
}
