// Original file: proto/distrifs/v1/masters.proto


export interface AddMasterRequest {
  'masterId'?: (string);
  /**
   * host:port
   */
  'address'?: (string);
}

export interface AddMasterRequest__Output {
  'masterId': (string);
  /**
   * host:port
   */
  'address': (string);
}
