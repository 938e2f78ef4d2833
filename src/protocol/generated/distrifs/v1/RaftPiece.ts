// Original file: proto/distrifs/v1/raft.proto

import type { RaftSnapshot as _distrifs_v1_RaftSnapshot, RaftSnapshot__Output as _distrifs_v1_RaftSnapshot__Output } from '../../distrifs/v1/RaftSnapshot.js';
import type { Long } from '@grpc/proto-loader';

export interface RaftPiece {
  'snapshot'?: (_distrifs_v1_RaftSnapshot | null);
  'offset'?: (number | string | Long);
  'data'?: (Buffer | Uint8Array | string);
  'isLast'?: (boolean);
}

export interface RaftPiece__Output {
  'snapshot': (_distrifs_v1_RaftSnapshot__Output | null);
  'offset': (number);
  'data': (Buffer);
  'isLast': (boolean);
}
