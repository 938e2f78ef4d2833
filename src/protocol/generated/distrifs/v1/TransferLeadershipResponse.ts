// Original file: proto/distrifs/v1/masters.proto


export interface TransferLeadershipResponse {
  'leaderId'?: (string);
}

export interface TransferLeadershipResponse__Output {
  'leaderId': (string);
}
