// Original file: proto/distrifs/v1/log.proto


export interface FoundingMaster {
  'masterId'?: (string);
  /**
   * host:port
   */
  'address'?: (string);
}

export interface FoundingMaster__Output {
  'masterId': (string);
  /**
   * host:port
   */
  'address': (string);
}
