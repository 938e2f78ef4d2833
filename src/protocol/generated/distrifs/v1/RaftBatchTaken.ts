// Original file: proto/distrifs/v1/raft.proto


export interface RaftBatchTaken {
}

export interface RaftBatchTaken__Output {
}
