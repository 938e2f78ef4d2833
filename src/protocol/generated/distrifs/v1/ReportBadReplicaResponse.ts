// Original file: proto/distrifs/v1/namespace.proto


export interface ReportBadReplicaResponse {
}

export interface ReportBadReplicaResponse__Output {
}
