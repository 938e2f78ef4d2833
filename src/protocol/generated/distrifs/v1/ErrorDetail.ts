// Original file: proto/distrifs/v1/common.proto


/**
 * The trailer `dfs-error-bin` of a failed call, and the payload of an ERROR frame.
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
 * The trailer `dfs-error-bin` of a failed call, and the payload of an ERROR frame.
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
