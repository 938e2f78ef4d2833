// Original file: proto/distrifs/v1/namespace.proto


export interface CommitVersionResponse {
}

export interface CommitVersionResponse__Output {
}
