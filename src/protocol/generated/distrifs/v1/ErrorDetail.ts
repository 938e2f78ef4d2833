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
   * The node that the sender holds responsible, where one is known.
   */
  'nodeId'?: (string);
  /**
   * NOT_LEADER: where the leader is thought to be.
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
   * The node that the sender holds responsible, where one is known.
   */
  'nodeId': (string);
  /**
   * NOT_LEADER: where the leader is thought to be.
   */
  'leaderHint': (string);
}
