// Original file: proto/distrifs/v1/raft.proto


export interface RaftVoteReply {
  'isPre'?: (boolean);
  'isGranted'?: (boolean);
}

export interface RaftVoteReply__Output {
  'isPre': (boolean);
  'isGranted': (boolean);
}
