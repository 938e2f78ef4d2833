// Original file: proto/distrifs/v1/common.proto


/**
 * The address of a datanode's data port.
 */
export interface NodeAddress {
  'nodeId'?: (string);
  /**
   * host:port of the raw TCP data port.
   */
  'address'?: (string);
}

/**
 * The address of a datanode's data port.
 */
export interface NodeAddress__Output {
  'nodeId': (string);
  /**
   * host:port of the raw TCP data port.
   */
  'address': (string);
}
