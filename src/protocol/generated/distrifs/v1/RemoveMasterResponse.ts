// Original file: proto/distrifs/v1/masters.proto


export interface RemoveMasterResponse {
}

export interface RemoveMasterResponse__Output {
}
