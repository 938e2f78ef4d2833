// Original file: proto/distrifs/v1/cluster.proto

export const NodeState = {
  NODE_STATE_UNSPECIFIED: 'NODE_STATE_UNSPECIFIED',
  LIVE: 'LIVE',
  STALE: 'STALE',
  DEAD: 'DEAD',
} as const;

export type NodeState =
  | 'NODE_STATE_UNSPECIFIED'
  | 0
  | 'LIVE'
  | 1
  | 'STALE'
  | 2
  | 'DEAD'
  | 3

export type NodeState__Output = typeof NodeState[keyof typeof NodeState]
