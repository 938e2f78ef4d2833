// Original file: proto/distrifs/v1/datanode.proto

import type { ReplicaState as _distrifs_v1_ReplicaState, ReplicaState__Output as _distrifs_v1_ReplicaState__Output } from '../../distrifs/v1/ReplicaState.js';
import type { Long } from '@grpc/proto-loader';

export interface Replica {
  'chunkId'?: (number | string | Long);
  'version'?: (number | string | Long);
  'lengthBytes'?: (number | string | Long);
  'state'?: (_distrifs_v1_ReplicaState);
}

export interface Replica__Output {
  'chunkId': (number);
  'version': (number);
  'lengthBytes': (number);
  'state': (_distrifs_v1_ReplicaState__Output);
}
