// Original file: proto/distrifs/v1/datanode.proto

import type { NodeIdentity as _distrifs_v1_NodeIdentity, NodeIdentity__Output as _distrifs_v1_NodeIdentity__Output } from '../../distrifs/v1/NodeIdentity.js';
import type { NodeStats as _distrifs_v1_NodeStats, NodeStats__Output as _distrifs_v1_NodeStats__Output } from '../../distrifs/v1/NodeStats.js';

export interface RegisterDataNodeRequest {
  'node'?: (_distrifs_v1_NodeIdentity | null);
  /**
   * host:port at which others reach the data port.
   */
  'address'?: (string);
  'rack'?: (string);
  'stats'?: (_distrifs_v1_NodeStats | null);
}

export interface RegisterDataNodeRequest__Output {
  'node': (_distrifs_v1_NodeIdentity__Output | null);
  /**
   * host:port at which others reach the data port.
   */
  'address': (string);
  'rack': (string);
  'stats': (_distrifs_v1_NodeStats__Output | null);
}
