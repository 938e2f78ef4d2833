// Original file: proto/distrifs/v1/cluster.proto

import type { NodeState as _distrifs_v1_NodeState, NodeState__Output as _distrifs_v1_NodeState__Output } from '../../distrifs/v1/NodeState.js';
import type { NodeStats as _distrifs_v1_NodeStats, NodeStats__Output as _distrifs_v1_NodeStats__Output } from '../../distrifs/v1/NodeStats.js';
import type { Long } from '@grpc/proto-loader';

export interface DataNodeStatus {
  'nodeId'?: (string);
  'address'?: (string);
  'rack'?: (string);
  'state'?: (_distrifs_v1_NodeState);
  'stats'?: (_distrifs_v1_NodeStats | null);
  'lastHeartbeatAgeMs'?: (number | string | Long);
  'replicaCount'?: (number | string | Long);
}

export interface DataNodeStatus__Output {
  'nodeId': (string);
  'address': (string);
  'rack': (string);
  'state': (_distrifs_v1_NodeState__Output);
  'stats': (_distrifs_v1_NodeStats__Output | null);
  'lastHeartbeatAgeMs': (number);
  'replicaCount': (number);
}
