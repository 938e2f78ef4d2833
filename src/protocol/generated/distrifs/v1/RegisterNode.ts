// Original file: proto/distrifs/v1/log.proto


export interface RegisterNode {
  'nodeId'?: (string);
  'incarnation'?: (string);
  'address'?: (string);
  'rack'?: (string);
}

export interface RegisterNode__Output {
  'nodeId': (string);
  'incarnation': (string);
  'address': (string);
  'rack': (string);
}
