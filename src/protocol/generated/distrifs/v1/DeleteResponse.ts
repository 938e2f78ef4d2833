// Original file: proto/distrifs/v1/namespace.proto


export interface DeleteResponse {
}

export interface DeleteResponse__Output {
}
