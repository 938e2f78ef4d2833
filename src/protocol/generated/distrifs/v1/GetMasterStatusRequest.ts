// Original file: proto/distrifs/v1/masters.proto


export interface GetMasterStatusRequest {
}

export interface GetMasterStatusRequest__Output {
}
