// Original file: proto/distrifs/v1/namespace.proto


export interface MakeDirectoryResponse {
}

export interface MakeDirectoryResponse__Output {
}
