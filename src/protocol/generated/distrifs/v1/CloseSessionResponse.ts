// Original file: proto/distrifs/v1/namespace.proto


export interface CloseSessionResponse {
}

export interface CloseSessionResponse__Output {
}
