// Original file: proto/distrifs/v1/log.proto

import type { AssignChunkRequest as _distrifs_v1_AssignChunkRequest, AssignChunkRequest__Output as _distrifs_v1_AssignChunkRequest__Output } from '../../distrifs/v1/AssignChunkRequest.js';
import type { NodeAddress as _distrifs_v1_NodeAddress, NodeAddress__Output as _distrifs_v1_NodeAddress__Output } from '../../distrifs/v1/NodeAddress.js';
import type { Long } from '@grpc/proto-loader';

export interface AssignChunkEntry {
  'request'?: (_distrifs_v1_AssignChunkRequest | null);
  'term'?: (number | string | Long);
  /**
   * The nodes chosen by the leader.
   */
  'pipeline'?: (_distrifs_v1_NodeAddress)[];
  /**
   * The low 32 bits of the version, random: a version that this log did not plan is never taken for one that it did.
   */
  'versionStamp'?: (number);
}

export interface AssignChunkEntry__Output {
  'request': (_distrifs_v1_AssignChunkRequest__Output | null);
  'term': (number);
  /**
   * The nodes chosen by the leader.
   */
  'pipeline': (_distrifs_v1_NodeAddress__Output)[];
  /**
   * The low 32 bits of the version, random: a version that this log did not plan is never taken for one that it did.
   */
  'versionStamp': (number);
}
