// Original file: proto/distrifs/v1/namespace.proto

import type { MutationHeader as _distrifs_v1_MutationHeader, MutationHeader__Output as _distrifs_v1_MutationHeader__Output } from '../../distrifs/v1/MutationHeader.js';
import type { WrittenChunk as _distrifs_v1_WrittenChunk, WrittenChunk__Output as _distrifs_v1_WrittenChunk__Output } from '../../distrifs/v1/WrittenChunk.js';
import type { Long } from '@grpc/proto-loader';

export interface CompleteFileRequest {
  'header'?: (_distrifs_v1_MutationHeader | null);
  'fileId'?: (number | string | Long);
  'lengthBytes'?: (number | string | Long);
  'chunkCount'?: (number | string | Long);
  /**
   * The chunk of a file of one chunk, to be committed by the same call.
   */
  'onlyChunk'?: (_distrifs_v1_WrittenChunk | null);
}

export interface CompleteFileRequest__Output {
  'header': (_distrifs_v1_MutationHeader__Output | null);
  'fileId': (number);
  'lengthBytes': (number);
  'chunkCount': (number);
  /**
   * The chunk of a file of one chunk, to be committed by the same call.
   */
  'onlyChunk': (_distrifs_v1_WrittenChunk__Output | null);
}
