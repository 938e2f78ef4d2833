// Original file: proto/distrifs/v1/masters.proto


export interface TransferLeadershipRequest {
  /**
   * Empty: whichever voter has the most of the log.
   */
  'masterId'?: (string);
}

export interface TransferLeadershipRequest__Output {
  /**
   * Empty: whichever voter has the most of the log.
   */
  'masterId': (string);
}
