// Original file: proto/distrifs/v1/common.proto


/**
 * An error within a message, or within an answer that a master remembers: what it holds is part of the state, so no field is ever added.
 */
export interface ErrorDetail {
  /**
   * An ErrorCode of src/shared/errors.ts.
   */
  'code'?: (string);
  'message'?: (string);
  'retriable'?: (boolean);
  /**
   * The node that caused the failure, if known to the sender.
   */
  'nodeId'?: (string);
  /**
   * With NOT_LEADER: the address of the presumed leader.
   */
  'leaderHint'?: (string);
}

/**
 * An error within a message, or within an answer that a master remembers: what it holds is part of the state, so no field is ever added.
 */
export interface ErrorDetail__Output {
  /**
   * An ErrorCode of src/shared/errors.ts.
   */
  'code': (string);
  'message': (string);
  'retriable': (boolean);
  /**
   * The node that caused the failure, if known to the sender.
   */
  'nodeId': (string);
  /**
   * With NOT_LEADER: the address of the presumed leader.
   */
  'leaderHint': (string);
}
