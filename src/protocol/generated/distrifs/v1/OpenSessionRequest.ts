// Original file: proto/distrifs/v1/namespace.proto


export interface OpenSessionRequest {
  /**
   * Free text for the log: who this is.
   */
  'clientName'?: (string);
}

export interface OpenSessionRequest__Output {
  /**
   * Free text for the log: who this is.
   */
  'clientName': (string);
}
