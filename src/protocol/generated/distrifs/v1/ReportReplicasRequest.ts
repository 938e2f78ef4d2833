// Original file: proto/distrifs/v1/datanode.proto

import type { NodeIdentity as _distrifs_v1_NodeIdentity, NodeIdentity__Output as _distrifs_v1_NodeIdentity__Output } from '../../distrifs/v1/NodeIdentity.js';
import type { Replica as _distrifs_v1_Replica, Replica__Output as _distrifs_v1_Replica__Output } from '../../distrifs/v1/Replica.js';
import type { NodeStats as _distrifs_v1_NodeStats, NodeStats__Output as _distrifs_v1_NodeStats__Output } from '../../distrifs/v1/NodeStats.js';
import type { CommandFailure as _distrifs_v1_CommandFailure, CommandFailure__Output as _distrifs_v1_CommandFailure__Output } from '../../distrifs/v1/CommandFailure.js';
import type { Long } from '@grpc/proto-loader';

export interface ReportReplicasRequest {
  'node'?: (_distrifs_v1_NodeIdentity | null);
  'replicas'?: (_distrifs_v1_Replica)[];
  'stats'?: (_distrifs_v1_NodeStats | null);
  'failures'?: (_distrifs_v1_CommandFailure)[];
  /**
   * Number of the report, from one counter of the registration for these and full reports.
   * A report that arrives after one with a higher number is out of date. 0: not numbered.
   */
  'reportId'?: (number | string | Long);
}

export interface ReportReplicasRequest__Output {
  'node': (_distrifs_v1_NodeIdentity__Output | null);
  'replicas': (_distrifs_v1_Replica__Output)[];
  'stats': (_distrifs_v1_NodeStats__Output | null);
  'failures': (_distrifs_v1_CommandFailure__Output)[];
  /**
   * Number of the report, from one counter of the registration for these and full reports.
   * A report that arrives after one with a higher number is out of date. 0: not numbered.
   */
  'reportId': (number);
}
