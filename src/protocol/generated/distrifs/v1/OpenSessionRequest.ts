// Original file: proto/distrifs/v1/namespace.proto


export interface OpenSessionRequest {
  /**
   * Name of the client for the log; free text.
   */
  'clientName'?: (string);
}

export interface OpenSessionRequest__Output {
  /**
   * Name of the client for the log; free text.
   */
  'clientName': (string);
}
