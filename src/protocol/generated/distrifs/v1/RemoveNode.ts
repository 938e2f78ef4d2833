// Original file: proto/distrifs/v1/log.proto


/**
 * An operator removes a datanode. One with the same id and another incarnation has registered since: it stays.
 */
export interface RemoveNode {
  'nodeId'?: (string);
  'incarnation'?: (string);
}

/**
 * An operator removes a datanode. One with the same id and another incarnation has registered since: it stays.
 */
export interface RemoveNode__Output {
  'nodeId': (string);
  'incarnation': (string);
}
