// Original file: proto/distrifs/v1/cluster.proto


export interface GetClusterStatusRequest {
  /**
   * Nodes with a greater id, in byte order. Empty: from the first one.
   */
  'afterNodeId'?: (string);
}

export interface GetClusterStatusRequest__Output {
  /**
   * Nodes with a greater id, in byte order. Empty: from the first one.
   */
  'afterNodeId': (string);
}
