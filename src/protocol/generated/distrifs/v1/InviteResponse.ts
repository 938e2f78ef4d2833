// Original file: proto/distrifs/v1/raft.proto


export interface InviteResponse {
}

export interface InviteResponse__Output {
}
