// Original file: proto/distrifs/v1/masters.proto


export interface RemoveMasterRequest {
  'masterId'?: (string);
}

export interface RemoveMasterRequest__Output {
  'masterId': (string);
}
