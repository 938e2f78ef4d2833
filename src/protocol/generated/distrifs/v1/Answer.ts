// Original file: proto/distrifs/v1/log.proto

import type { ErrorDetail as _distrifs_v1_ErrorDetail, ErrorDetail__Output as _distrifs_v1_ErrorDetail__Output } from '../../distrifs/v1/ErrorDetail.js';
import type { CreateFileResponse as _distrifs_v1_CreateFileResponse, CreateFileResponse__Output as _distrifs_v1_CreateFileResponse__Output } from '../../distrifs/v1/CreateFileResponse.js';
import type { AssignChunkResponse as _distrifs_v1_AssignChunkResponse, AssignChunkResponse__Output as _distrifs_v1_AssignChunkResponse__Output } from '../../distrifs/v1/AssignChunkResponse.js';
import type { CompleteFileResponse as _distrifs_v1_CompleteFileResponse, CompleteFileResponse__Output as _distrifs_v1_CompleteFileResponse__Output } from '../../distrifs/v1/CompleteFileResponse.js';

/**
 * A remembered answer: the result of a mutation, or its error.
 */
export interface Answer {
  'error'?: (_distrifs_v1_ErrorDetail | null);
  'createFile'?: (_distrifs_v1_CreateFileResponse | null);
  'assignChunk'?: (_distrifs_v1_AssignChunkResponse | null);
  'completeFile'?: (_distrifs_v1_CompleteFileResponse | null);
}

/**
 * A remembered answer: the result of a mutation, or its error.
 */
export interface Answer__Output {
  'error': (_distrifs_v1_ErrorDetail__Output | null);
  'createFile': (_distrifs_v1_CreateFileResponse__Output | null);
  'assignChunk': (_distrifs_v1_AssignChunkResponse__Output | null);
  'completeFile': (_distrifs_v1_CompleteFileResponse__Output | null);
}
