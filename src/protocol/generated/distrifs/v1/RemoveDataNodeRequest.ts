// Original file: proto/distrifs/v1/cluster.proto


export interface RemoveDataNodeRequest {
  'nodeId'?: (string);
  /**
   * Remove a dead datanode although chunks have no other good replica.
   */
  'force'?: (boolean);
}

export interface RemoveDataNodeRequest__Output {
  'nodeId': (string);
  /**
   * Remove a dead datanode although chunks have no other good replica.
   */
  'force': (boolean);
}
