// Original file: proto/distrifs/v1/namespace.proto


export interface GetFileInfoRequest {
  'path'?: (string);
}

export interface GetFileInfoRequest__Output {
  'path': (string);
}
