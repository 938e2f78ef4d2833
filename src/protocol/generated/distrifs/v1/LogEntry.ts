// Original file: proto/distrifs/v1/log.proto

import type { InitCluster as _distrifs_v1_InitCluster, InitCluster__Output as _distrifs_v1_InitCluster__Output } from '../../distrifs/v1/InitCluster.js';
import type { RegisterNode as _distrifs_v1_RegisterNode, RegisterNode__Output as _distrifs_v1_RegisterNode__Output } from '../../distrifs/v1/RegisterNode.js';
import type { OpenSessionEntry as _distrifs_v1_OpenSessionEntry, OpenSessionEntry__Output as _distrifs_v1_OpenSessionEntry__Output } from '../../distrifs/v1/OpenSessionEntry.js';
import type { CloseSessionRequest as _distrifs_v1_CloseSessionRequest, CloseSessionRequest__Output as _distrifs_v1_CloseSessionRequest__Output } from '../../distrifs/v1/CloseSessionRequest.js';
import type { ExpireSessions as _distrifs_v1_ExpireSessions, ExpireSessions__Output as _distrifs_v1_ExpireSessions__Output } from '../../distrifs/v1/ExpireSessions.js';
import type { CreateFileEntry as _distrifs_v1_CreateFileEntry, CreateFileEntry__Output as _distrifs_v1_CreateFileEntry__Output } from '../../distrifs/v1/CreateFileEntry.js';
import type { AssignChunkEntry as _distrifs_v1_AssignChunkEntry, AssignChunkEntry__Output as _distrifs_v1_AssignChunkEntry__Output } from '../../distrifs/v1/AssignChunkEntry.js';
import type { CommitVersionRequest as _distrifs_v1_CommitVersionRequest, CommitVersionRequest__Output as _distrifs_v1_CommitVersionRequest__Output } from '../../distrifs/v1/CommitVersionRequest.js';
import type { CompleteFileRequest as _distrifs_v1_CompleteFileRequest, CompleteFileRequest__Output as _distrifs_v1_CompleteFileRequest__Output } from '../../distrifs/v1/CompleteFileRequest.js';
import type { AbandonFileRequest as _distrifs_v1_AbandonFileRequest, AbandonFileRequest__Output as _distrifs_v1_AbandonFileRequest__Output } from '../../distrifs/v1/AbandonFileRequest.js';
import type { MakeDirectoryRequest as _distrifs_v1_MakeDirectoryRequest, MakeDirectoryRequest__Output as _distrifs_v1_MakeDirectoryRequest__Output } from '../../distrifs/v1/MakeDirectoryRequest.js';
import type { RenameRequest as _distrifs_v1_RenameRequest, RenameRequest__Output as _distrifs_v1_RenameRequest__Output } from '../../distrifs/v1/RenameRequest.js';
import type { DeleteRequest as _distrifs_v1_DeleteRequest, DeleteRequest__Output as _distrifs_v1_DeleteRequest__Output } from '../../distrifs/v1/DeleteRequest.js';
import type { Purge as _distrifs_v1_Purge, Purge__Output as _distrifs_v1_Purge__Output } from '../../distrifs/v1/Purge.js';
import type { RenewSessionRequest as _distrifs_v1_RenewSessionRequest, RenewSessionRequest__Output as _distrifs_v1_RenewSessionRequest__Output } from '../../distrifs/v1/RenewSessionRequest.js';
import type { RegisterMaster as _distrifs_v1_RegisterMaster, RegisterMaster__Output as _distrifs_v1_RegisterMaster__Output } from '../../distrifs/v1/RegisterMaster.js';
import type { SkipChunkIds as _distrifs_v1_SkipChunkIds, SkipChunkIds__Output as _distrifs_v1_SkipChunkIds__Output } from '../../distrifs/v1/SkipChunkIds.js';
import type { RemoveNode as _distrifs_v1_RemoveNode, RemoveNode__Output as _distrifs_v1_RemoveNode__Output } from '../../distrifs/v1/RemoveNode.js';
import type { DeleteUnfinished as _distrifs_v1_DeleteUnfinished, DeleteUnfinished__Output as _distrifs_v1_DeleteUnfinished__Output } from '../../distrifs/v1/DeleteUnfinished.js';
import type { CreatePlannedEntry as _distrifs_v1_CreatePlannedEntry, CreatePlannedEntry__Output as _distrifs_v1_CreatePlannedEntry__Output } from '../../distrifs/v1/CreatePlannedEntry.js';
import type { Long } from '@grpc/proto-loader';

/**
 * The body of every record. The record's op code names the field of `operation` that is set.
 */
export interface LogEntry {
  /**
   * Log time: never decreases, survives restarts. Determines the expiry of sessions.
   */
  'logTimeMs'?: (number | string | Long);
  /**
   * Wall time of the leader: used for modification times only.
   */
  'wallTimeMs'?: (number | string | Long);
  'initCluster'?: (_distrifs_v1_InitCluster | null);
  'registerNode'?: (_distrifs_v1_RegisterNode | null);
  'openSession'?: (_distrifs_v1_OpenSessionEntry | null);
  'closeSession'?: (_distrifs_v1_CloseSessionRequest | null);
  'expireSessions'?: (_distrifs_v1_ExpireSessions | null);
  'createFile'?: (_distrifs_v1_CreateFileEntry | null);
  'assignChunk'?: (_distrifs_v1_AssignChunkEntry | null);
  'commitVersion'?: (_distrifs_v1_CommitVersionRequest | null);
  'completeFile'?: (_distrifs_v1_CompleteFileRequest | null);
  'abandonFile'?: (_distrifs_v1_AbandonFileRequest | null);
  'makeDirectory'?: (_distrifs_v1_MakeDirectoryRequest | null);
  'rename'?: (_distrifs_v1_RenameRequest | null);
  'delete'?: (_distrifs_v1_DeleteRequest | null);
  'purge'?: (_distrifs_v1_Purge | null);
  'renewSession'?: (_distrifs_v1_RenewSessionRequest | null);
  'registerMaster'?: (_distrifs_v1_RegisterMaster | null);
  'skipChunkIds'?: (_distrifs_v1_SkipChunkIds | null);
  'removeNode'?: (_distrifs_v1_RemoveNode | null);
  /**
   * Opens a session when there are as many as can be: in the place of the one that was not used for longest, and has no unfinished
   * file.
   */
  'replaceSession'?: (_distrifs_v1_OpenSessionEntry | null);
  'deleteUnfinished'?: (_distrifs_v1_DeleteUnfinished | null);
  /**
   * The highest number, of those in log-fields.ts, of the fields that are set in the operation; 0: every master that knows the operation
   * knows its fields. A master that knows less stops here: without such a field its state would be another one than the others'.
   */
  'highestField'?: (number);
  'createPlanned'?: (_distrifs_v1_CreatePlannedEntry | null);
  /**
   * With only_chunk.
   */
  'completeWritten'?: (_distrifs_v1_CompleteFileRequest | null);
  'operation'?: "initCluster"|"registerNode"|"openSession"|"closeSession"|"expireSessions"|"createFile"|"assignChunk"|"commitVersion"|"completeFile"|"abandonFile"|"makeDirectory"|"rename"|"delete"|"purge"|"renewSession"|"registerMaster"|"skipChunkIds"|"removeNode"|"replaceSession"|"deleteUnfinished"|"createPlanned"|"completeWritten";
}

/**
 * The body of every record. The record's op code names the field of `operation` that is set.
 */
export interface LogEntry__Output {
  /**
   * Log time: never decreases, survives restarts. Determines the expiry of sessions.
   */
  'logTimeMs': (number);
  /**
   * Wall time of the leader: used for modification times only.
   */
  'wallTimeMs': (number);
  'initCluster'?: (_distrifs_v1_InitCluster__Output | null);
  'registerNode'?: (_distrifs_v1_RegisterNode__Output | null);
  'openSession'?: (_distrifs_v1_OpenSessionEntry__Output | null);
  'closeSession'?: (_distrifs_v1_CloseSessionRequest__Output | null);
  'expireSessions'?: (_distrifs_v1_ExpireSessions__Output | null);
  'createFile'?: (_distrifs_v1_CreateFileEntry__Output | null);
  'assignChunk'?: (_distrifs_v1_AssignChunkEntry__Output | null);
  'commitVersion'?: (_distrifs_v1_CommitVersionRequest__Output | null);
  'completeFile'?: (_distrifs_v1_CompleteFileRequest__Output | null);
  'abandonFile'?: (_distrifs_v1_AbandonFileRequest__Output | null);
  'makeDirectory'?: (_distrifs_v1_MakeDirectoryRequest__Output | null);
  'rename'?: (_distrifs_v1_RenameRequest__Output | null);
  'delete'?: (_distrifs_v1_DeleteRequest__Output | null);
  'purge'?: (_distrifs_v1_Purge__Output | null);
  'renewSession'?: (_distrifs_v1_RenewSessionRequest__Output | null);
  'registerMaster'?: (_distrifs_v1_RegisterMaster__Output | null);
  'skipChunkIds'?: (_distrifs_v1_SkipChunkIds__Output | null);
  'removeNode'?: (_distrifs_v1_RemoveNode__Output | null);
  /**
   * Opens a session when there are as many as can be: in the place of the one that was not used for longest, and has no unfinished
   * file.
   */
  'replaceSession'?: (_distrifs_v1_OpenSessionEntry__Output | null);
  'deleteUnfinished'?: (_distrifs_v1_DeleteUnfinished__Output | null);
  /**
   * The highest number, of those in log-fields.ts, of the fields that are set in the operation; 0: every master that knows the operation
   * knows its fields. A master that knows less stops here: without such a field its state would be another one than the others'.
   */
  'highestField': (number);
  'createPlanned'?: (_distrifs_v1_CreatePlannedEntry__Output | null);
  /**
   * With only_chunk.
   */
  'completeWritten'?: (_distrifs_v1_CompleteFileRequest__Output | null);
  'operation'?: "initCluster"|"registerNode"|"openSession"|"closeSession"|"expireSessions"|"createFile"|"assignChunk"|"commitVersion"|"completeFile"|"abandonFile"|"makeDirectory"|"rename"|"delete"|"purge"|"renewSession"|"registerMaster"|"skipChunkIds"|"removeNode"|"replaceSession"|"deleteUnfinished"|"createPlanned"|"completeWritten";
}
