// Original file: proto/distrifs/v1/namespace.proto

import type { AssignChunkResponse as _distrifs_v1_AssignChunkResponse, AssignChunkResponse__Output as _distrifs_v1_AssignChunkResponse__Output } from '../../distrifs/v1/AssignChunkResponse.js';
import type { Long } from '@grpc/proto-loader';

export interface CreateFileResponse {
  'fileId'?: (number | string | Long);
  'replication'?: (number);
  'chunkSizeBytes'?: (number | string | Long);
  /**
   * Absent: it was not asked for, or could not be planned; AssignChunk says why. A master that plans it also knows
   * CompleteFileRequest.only_chunk.
   */
  'firstChunk'?: (_distrifs_v1_AssignChunkResponse | null);
}

export interface CreateFileResponse__Output {
  'fileId': (number);
  'replication': (number);
  'chunkSizeBytes': (number);
  /**
   * Absent: it was not asked for, or could not be planned; AssignChunk says why. A master that plans it also knows
   * CompleteFileRequest.only_chunk.
   */
  'firstChunk': (_distrifs_v1_AssignChunkResponse__Output | null);
}
