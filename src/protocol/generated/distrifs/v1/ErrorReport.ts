// Original file: proto/distrifs/v1/data.proto

import type { Long } from '@grpc/proto-loader';

/**
 * The trailer `dfs-error-bin` of a failed call, and the payload of an ERROR frame: an ErrorDetail, and what is true only now.
 */
export interface ErrorReport {
  'code'?: (string);
  'message'?: (string);
  'retriable'?: (boolean);
  'nodeId'?: (string);
  'leaderHint'?: (string);
  /**
   * With FILE_BUSY: the client that writes the file.
   */
  'holder'?: (string);
  /**
   * With a holder: time until another writer may have the path, if the holder is not heard any more.
   */
  'freeAfterMs'?: (number | string | Long);
}

/**
 * The trailer `dfs-error-bin` of a failed call, and the payload of an ERROR frame: an ErrorDetail, and what is true only now.
 */
export interface ErrorReport__Output {
  'code': (string);
  'message': (string);
  'retriable': (boolean);
  'nodeId': (string);
  'leaderHint': (string);
  /**
   * With FILE_BUSY: the client that writes the file.
   */
  'holder': (string);
  /**
   * With a holder: time until another writer may have the path, if the holder is not heard any more.
   */
  'freeAfterMs': (number);
}
