// Original file: proto/distrifs/v1/datanode.proto

import type { Long } from '@grpc/proto-loader';

export interface CopyProgress {
  /**
   * Of the command.
   */
  'term'?: (number | string | Long);
  'commandId'?: (number | string | Long);
  /**
   * Bytes that the targets have acknowledged so far; 0: it waits.
   */
  'ackedBytes'?: (number | string | Long);
  'chunkId'?: (number | string | Long);
}

export interface CopyProgress__Output {
  /**
   * Of the command.
   */
  'term': (number);
  'commandId': (number);
  /**
   * Bytes that the targets have acknowledged so far; 0: it waits.
   */
  'ackedBytes': (number);
  'chunkId': (number);
}
