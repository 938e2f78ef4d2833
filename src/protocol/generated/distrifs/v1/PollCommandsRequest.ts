// Original file: proto/distrifs/v1/datanode.proto

import type { NodeIdentity as _distrifs_v1_NodeIdentity, NodeIdentity__Output as _distrifs_v1_NodeIdentity__Output } from '../../distrifs/v1/NodeIdentity.js';
import type { Long } from '@grpc/proto-loader';

export interface PollCommandsRequest {
  'node'?: (_distrifs_v1_NodeIdentity | null);
  'waitMs'?: (number | string | Long);
}

export interface PollCommandsRequest__Output {
  'node': (_distrifs_v1_NodeIdentity__Output | null);
  'waitMs': (number);
}
