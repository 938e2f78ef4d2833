// Original file: proto/distrifs/v1/namespace.proto


export interface ListDirectoryRequest {
  'path'?: (string);
  /**
   * Names greater than this one, in byte order.
   */
  'startAfter'?: (string);
  'limit'?: (number);
}

export interface ListDirectoryRequest__Output {
  'path': (string);
  /**
   * Names greater than this one, in byte order.
   */
  'startAfter': (string);
  'limit': (number);
}
