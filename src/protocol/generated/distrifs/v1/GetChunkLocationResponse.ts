// Original file: proto/distrifs/v1/namespace.proto

import type { FileInfo as _distrifs_v1_FileInfo, FileInfo__Output as _distrifs_v1_FileInfo__Output } from '../../distrifs/v1/FileInfo.js';
import type { ChunkLocation as _distrifs_v1_ChunkLocation, ChunkLocation__Output as _distrifs_v1_ChunkLocation__Output } from '../../distrifs/v1/ChunkLocation.js';
import type { Long } from '@grpc/proto-loader';

export interface GetChunkLocationResponse {
  'clusterId'?: (string);
  'file'?: (_distrifs_v1_FileInfo | null);
  /**
   * Consecutive, from first_index; as many as the message holds, at least one of those that there are.
   */
  'chunks'?: (_distrifs_v1_ChunkLocation)[];
  'term'?: (number | string | Long);
}

export interface GetChunkLocationResponse__Output {
  'clusterId': (string);
  'file': (_distrifs_v1_FileInfo__Output | null);
  /**
   * Consecutive, from first_index; as many as the message holds, at least one of those that there are.
   */
  'chunks': (_distrifs_v1_ChunkLocation__Output)[];
  'term': (number);
}
