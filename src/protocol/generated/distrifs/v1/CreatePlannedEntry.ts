// Original file: proto/distrifs/v1/log.proto

import type { CreateFileEntry as _distrifs_v1_CreateFileEntry, CreateFileEntry__Output as _distrifs_v1_CreateFileEntry__Output } from '../../distrifs/v1/CreateFileEntry.js';
import type { AssignChunkEntry as _distrifs_v1_AssignChunkEntry, AssignChunkEntry__Output as _distrifs_v1_AssignChunkEntry__Output } from '../../distrifs/v1/AssignChunkEntry.js';

/**
 * Creates a file, and plans its first chunk: `assign` holds what the leader adds to the plan, and no request.
 */
export interface CreatePlannedEntry {
  'create'?: (_distrifs_v1_CreateFileEntry | null);
  'assign'?: (_distrifs_v1_AssignChunkEntry | null);
}

/**
 * Creates a file, and plans its first chunk: `assign` holds what the leader adds to the plan, and no request.
 */
export interface CreatePlannedEntry__Output {
  'create': (_distrifs_v1_CreateFileEntry__Output | null);
  'assign': (_distrifs_v1_AssignChunkEntry__Output | null);
}
