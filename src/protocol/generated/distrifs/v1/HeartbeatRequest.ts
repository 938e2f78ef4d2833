// Original file: proto/distrifs/v1/datanode.proto

import type { NodeIdentity as _distrifs_v1_NodeIdentity, NodeIdentity__Output as _distrifs_v1_NodeIdentity__Output } from '../../distrifs/v1/NodeIdentity.js';
import type { NodeStats as _distrifs_v1_NodeStats, NodeStats__Output as _distrifs_v1_NodeStats__Output } from '../../distrifs/v1/NodeStats.js';
import type { CopyProgress as _distrifs_v1_CopyProgress, CopyProgress__Output as _distrifs_v1_CopyProgress__Output } from '../../distrifs/v1/CopyProgress.js';

export interface HeartbeatRequest {
  'node'?: (_distrifs_v1_NodeIdentity | null);
  'stats'?: (_distrifs_v1_NodeStats | null);
  /**
   * The copies that wait or are under way on this node.
   */
  'copies'?: (_distrifs_v1_CopyProgress)[];
}

export interface HeartbeatRequest__Output {
  'node': (_distrifs_v1_NodeIdentity__Output | null);
  'stats': (_distrifs_v1_NodeStats__Output | null);
  /**
   * The copies that wait or are under way on this node.
   */
  'copies': (_distrifs_v1_CopyProgress__Output)[];
}
