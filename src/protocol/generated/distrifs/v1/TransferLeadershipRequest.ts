// Original file: proto/distrifs/v1/masters.proto


export interface TransferLeadershipRequest {
  /**
   * Empty: the voter with the longest log.
   */
  'masterId'?: (string);
}

export interface TransferLeadershipRequest__Output {
  /**
   * Empty: the voter with the longest log.
   */
  'masterId': (string);
}
