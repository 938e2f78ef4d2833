// Original file: proto/distrifs/v1/cluster.proto


export interface GetClusterStatusRequest {
}

export interface GetClusterStatusRequest__Output {
}
