// Original file: proto/distrifs/v1/log.proto


export interface OpenSessionEntry {
  'clientName'?: (string);
}

export interface OpenSessionEntry__Output {
  'clientName': (string);
}
