// Original file: proto/distrifs/v1/log.proto

import type { DeleteRequest as _distrifs_v1_DeleteRequest, DeleteRequest__Output as _distrifs_v1_DeleteRequest__Output } from '../../distrifs/v1/DeleteRequest.js';
import type { Long } from '@grpc/proto-loader';

/**
 * Removes what is at the path of the request, and the unfinished file there: the leader knows that its writer is gone.
 */
export interface DeleteUnfinished {
  'request'?: (_distrifs_v1_DeleteRequest | null);
  'fileId'?: (number | string | Long);
}

/**
 * Removes what is at the path of the request, and the unfinished file there: the leader knows that its writer is gone.
 */
export interface DeleteUnfinished__Output {
  'request': (_distrifs_v1_DeleteRequest__Output | null);
  'fileId': (number);
}
