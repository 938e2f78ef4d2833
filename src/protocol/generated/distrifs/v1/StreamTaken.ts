// Original file: proto/distrifs/v1/common.proto

import type { Long } from '@grpc/proto-loader';

/**
 * What the receiver of a stream sends back.
 */
export interface StreamTaken {
  /**
   * Messages of the stream that it has handled so far.
   */
  'messages'?: (number | string | Long);
}

/**
 * What the receiver of a stream sends back.
 */
export interface StreamTaken__Output {
  /**
   * Messages of the stream that it has handled so far.
   */
  'messages': (number);
}
