// Original file: proto/distrifs/v1/namespace.proto


export interface RenameResponse {
}

export interface RenameResponse__Output {
}
