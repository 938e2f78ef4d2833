// Original file: proto/distrifs/v1/masters.proto

import type { MasterRole as _distrifs_v1_MasterRole, MasterRole__Output as _distrifs_v1_MasterRole__Output } from '../../distrifs/v1/MasterRole.js';
import type { MasterMember as _distrifs_v1_MasterMember, MasterMember__Output as _distrifs_v1_MasterMember__Output } from '../../distrifs/v1/MasterMember.js';
import type { Long } from '@grpc/proto-loader';

export interface GetMasterStatusResponse {
  'clusterId'?: (string);
  'masterId'?: (string);
  'incarnation'?: (number | string | Long);
  'role'?: (_distrifs_v1_MasterRole);
  'term'?: (number | string | Long);
  /**
   * Empty: unknown.
   */
  'leaderId'?: (string);
  'commitIndex'?: (number | string | Long);
  'appliedIndex'?: (number | string | Long);
  'lastIndex'?: (number | string | Long);
  /**
   * Index of the newest checkpoint; 0: none.
   */
  'checkpointIndex'?: (number | string | Long);
  /**
   * The members of the group according to this master's log.
   */
  'members'?: (_distrifs_v1_MasterMember)[];
  /**
   * Digest of the replicated state at applied_index.
   */
  'stateDigest'?: (string);
  /**
   * Percentiles of recent latencies, in microseconds; 0 before the first.
   */
  'fsyncP50Us'?: (number | string | Long);
  'fsyncP99Us'?: (number | string | Long);
  /**
   * From a proposal to its commit, on the leader.
   */
  'commitP50Us'?: (number | string | Long);
  'commitP99Us'?: (number | string | Long);
  /**
   * Bytes of the log on disk.
   */
  'logBytes'?: (number | string | Long);
  /**
   * Why this master accepts nothing that makes the state larger; empty: it has enough space.
   */
  'shortage'?: (string);
}

export interface GetMasterStatusResponse__Output {
  'clusterId': (string);
  'masterId': (string);
  'incarnation': (number);
  'role': (_distrifs_v1_MasterRole__Output);
  'term': (number);
  /**
   * Empty: unknown.
   */
  'leaderId': (string);
  'commitIndex': (number);
  'appliedIndex': (number);
  'lastIndex': (number);
  /**
   * Index of the newest checkpoint; 0: none.
   */
  'checkpointIndex': (number);
  /**
   * The members of the group according to this master's log.
   */
  'members': (_distrifs_v1_MasterMember__Output)[];
  /**
   * Digest of the replicated state at applied_index.
   */
  'stateDigest': (string);
  /**
   * Percentiles of recent latencies, in microseconds; 0 before the first.
   */
  'fsyncP50Us': (number);
  'fsyncP99Us': (number);
  /**
   * From a proposal to its commit, on the leader.
   */
  'commitP50Us': (number);
  'commitP99Us': (number);
  /**
   * Bytes of the log on disk.
   */
  'logBytes': (number);
  /**
   * Why this master accepts nothing that makes the state larger; empty: it has enough space.
   */
  'shortage': (string);
}
