// Original file: proto/distrifs/v1/namespace.proto


export interface AbandonFileResponse {
}

export interface AbandonFileResponse__Output {
}
