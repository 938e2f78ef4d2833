// Original file: proto/distrifs/v1/namespace.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { AbandonFileRequest as _distrifs_v1_AbandonFileRequest, AbandonFileRequest__Output as _distrifs_v1_AbandonFileRequest__Output } from '../../distrifs/v1/AbandonFileRequest.js';
import type { AbandonFileResponse as _distrifs_v1_AbandonFileResponse, AbandonFileResponse__Output as _distrifs_v1_AbandonFileResponse__Output } from '../../distrifs/v1/AbandonFileResponse.js';
import type { AssignChunkRequest as _distrifs_v1_AssignChunkRequest, AssignChunkRequest__Output as _distrifs_v1_AssignChunkRequest__Output } from '../../distrifs/v1/AssignChunkRequest.js';
import type { AssignChunkResponse as _distrifs_v1_AssignChunkResponse, AssignChunkResponse__Output as _distrifs_v1_AssignChunkResponse__Output } from '../../distrifs/v1/AssignChunkResponse.js';
import type { CloseSessionRequest as _distrifs_v1_CloseSessionRequest, CloseSessionRequest__Output as _distrifs_v1_CloseSessionRequest__Output } from '../../distrifs/v1/CloseSessionRequest.js';
import type { CloseSessionResponse as _distrifs_v1_CloseSessionResponse, CloseSessionResponse__Output as _distrifs_v1_CloseSessionResponse__Output } from '../../distrifs/v1/CloseSessionResponse.js';
import type { CommitVersionRequest as _distrifs_v1_CommitVersionRequest, CommitVersionRequest__Output as _distrifs_v1_CommitVersionRequest__Output } from '../../distrifs/v1/CommitVersionRequest.js';
import type { CommitVersionResponse as _distrifs_v1_CommitVersionResponse, CommitVersionResponse__Output as _distrifs_v1_CommitVersionResponse__Output } from '../../distrifs/v1/CommitVersionResponse.js';
import type { CompleteFileRequest as _distrifs_v1_CompleteFileRequest, CompleteFileRequest__Output as _distrifs_v1_CompleteFileRequest__Output } from '../../distrifs/v1/CompleteFileRequest.js';
import type { CompleteFileResponse as _distrifs_v1_CompleteFileResponse, CompleteFileResponse__Output as _distrifs_v1_CompleteFileResponse__Output } from '../../distrifs/v1/CompleteFileResponse.js';
import type { CreateFileRequest as _distrifs_v1_CreateFileRequest, CreateFileRequest__Output as _distrifs_v1_CreateFileRequest__Output } from '../../distrifs/v1/CreateFileRequest.js';
import type { CreateFileResponse as _distrifs_v1_CreateFileResponse, CreateFileResponse__Output as _distrifs_v1_CreateFileResponse__Output } from '../../distrifs/v1/CreateFileResponse.js';
import type { DeleteRequest as _distrifs_v1_DeleteRequest, DeleteRequest__Output as _distrifs_v1_DeleteRequest__Output } from '../../distrifs/v1/DeleteRequest.js';
import type { DeleteResponse as _distrifs_v1_DeleteResponse, DeleteResponse__Output as _distrifs_v1_DeleteResponse__Output } from '../../distrifs/v1/DeleteResponse.js';
import type { GetChunkLocationRequest as _distrifs_v1_GetChunkLocationRequest, GetChunkLocationRequest__Output as _distrifs_v1_GetChunkLocationRequest__Output } from '../../distrifs/v1/GetChunkLocationRequest.js';
import type { GetChunkLocationResponse as _distrifs_v1_GetChunkLocationResponse, GetChunkLocationResponse__Output as _distrifs_v1_GetChunkLocationResponse__Output } from '../../distrifs/v1/GetChunkLocationResponse.js';
import type { GetFileInfoRequest as _distrifs_v1_GetFileInfoRequest, GetFileInfoRequest__Output as _distrifs_v1_GetFileInfoRequest__Output } from '../../distrifs/v1/GetFileInfoRequest.js';
import type { GetFileInfoResponse as _distrifs_v1_GetFileInfoResponse, GetFileInfoResponse__Output as _distrifs_v1_GetFileInfoResponse__Output } from '../../distrifs/v1/GetFileInfoResponse.js';
import type { ListDirectoryRequest as _distrifs_v1_ListDirectoryRequest, ListDirectoryRequest__Output as _distrifs_v1_ListDirectoryRequest__Output } from '../../distrifs/v1/ListDirectoryRequest.js';
import type { ListDirectoryResponse as _distrifs_v1_ListDirectoryResponse, ListDirectoryResponse__Output as _distrifs_v1_ListDirectoryResponse__Output } from '../../distrifs/v1/ListDirectoryResponse.js';
import type { MakeDirectoryRequest as _distrifs_v1_MakeDirectoryRequest, MakeDirectoryRequest__Output as _distrifs_v1_MakeDirectoryRequest__Output } from '../../distrifs/v1/MakeDirectoryRequest.js';
import type { MakeDirectoryResponse as _distrifs_v1_MakeDirectoryResponse, MakeDirectoryResponse__Output as _distrifs_v1_MakeDirectoryResponse__Output } from '../../distrifs/v1/MakeDirectoryResponse.js';
import type { OpenSessionRequest as _distrifs_v1_OpenSessionRequest, OpenSessionRequest__Output as _distrifs_v1_OpenSessionRequest__Output } from '../../distrifs/v1/OpenSessionRequest.js';
import type { OpenSessionResponse as _distrifs_v1_OpenSessionResponse, OpenSessionResponse__Output as _distrifs_v1_OpenSessionResponse__Output } from '../../distrifs/v1/OpenSessionResponse.js';
import type { RenameRequest as _distrifs_v1_RenameRequest, RenameRequest__Output as _distrifs_v1_RenameRequest__Output } from '../../distrifs/v1/RenameRequest.js';
import type { RenameResponse as _distrifs_v1_RenameResponse, RenameResponse__Output as _distrifs_v1_RenameResponse__Output } from '../../distrifs/v1/RenameResponse.js';
import type { RenewSessionRequest as _distrifs_v1_RenewSessionRequest, RenewSessionRequest__Output as _distrifs_v1_RenewSessionRequest__Output } from '../../distrifs/v1/RenewSessionRequest.js';
import type { RenewSessionResponse as _distrifs_v1_RenewSessionResponse, RenewSessionResponse__Output as _distrifs_v1_RenewSessionResponse__Output } from '../../distrifs/v1/RenewSessionResponse.js';
import type { ReportBadReplicaRequest as _distrifs_v1_ReportBadReplicaRequest, ReportBadReplicaRequest__Output as _distrifs_v1_ReportBadReplicaRequest__Output } from '../../distrifs/v1/ReportBadReplicaRequest.js';
import type { ReportBadReplicaResponse as _distrifs_v1_ReportBadReplicaResponse, ReportBadReplicaResponse__Output as _distrifs_v1_ReportBadReplicaResponse__Output } from '../../distrifs/v1/ReportBadReplicaResponse.js';

export interface NamespaceServiceClient extends grpc.Client {
  AbandonFile(argument: _distrifs_v1_AbandonFileRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_distrifs_v1_AbandonFileResponse__Output>): grpc.ClientUnaryCall;
  AbandonFile(argument: _distrifs_v1_AbandonFileRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_distrifs_v1_AbandonFileResponse__Output>): grpc.ClientUnaryCall;
  AbandonFile(argument: _distrifs_v1_AbandonFileRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_distrifs_v1_AbandonFileResponse__Output>): grpc.ClientUnaryCall;
  AbandonFile(argument: _distrifs_v1_AbandonFileRequest, callback: grpc.requestCallback<_distrifs_v1_AbandonFileResponse__Output>): grpc.ClientUnaryCall;
  abandonFile(argument: _distrifs_v1_AbandonFileRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_distrifs_v1_AbandonFileResponse__Output>): grpc.ClientUnaryCall;
  abandonFile(argument: _distrifs_v1_AbandonFileRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_distrifs_v1_AbandonFileResponse__Output>): grpc.ClientUnaryCall;
  abandonFile(argument: _distrifs_v1_AbandonFileRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_distrifs_v1_AbandonFileResponse__Output>): grpc.ClientUnaryCall;
  abandonFile(argument: _distrifs_v1_AbandonFileRequest, callback: grpc.requestCallback<_distrifs_v1_AbandonFileResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * Plans one chunk of an unfinished file: reserves a version and names the pipeline. Another call for the same index
   * // (after a failure of a pipeline node) raises the chunk's version and names another pipeline.
   */
  AssignChunk(argument: _distrifs_v1_AssignChunkRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_distrifs_v1_AssignChunkResponse__Output>): grpc.ClientUnaryCall;
  AssignChunk(argument: _distrifs_v1_AssignChunkRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_distrifs_v1_AssignChunkResponse__Output>): grpc.ClientUnaryCall;
  AssignChunk(argument: _distrifs_v1_AssignChunkRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_distrifs_v1_AssignChunkResponse__Output>): grpc.ClientUnaryCall;
  AssignChunk(argument: _distrifs_v1_AssignChunkRequest, callback: grpc.requestCallback<_distrifs_v1_AssignChunkResponse__Output>): grpc.ClientUnaryCall;
  /**
   * Plans one chunk of an unfinished file: reserves a version and names the pipeline. Another call for the same index
   * // (after a failure of a pipeline node) raises the chunk's version and names another pipeline.
   */
  assignChunk(argument: _distrifs_v1_AssignChunkRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_distrifs_v1_AssignChunkResponse__Output>): grpc.ClientUnaryCall;
  assignChunk(argument: _distrifs_v1_AssignChunkRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_distrifs_v1_AssignChunkResponse__Output>): grpc.ClientUnaryCall;
  assignChunk(argument: _distrifs_v1_AssignChunkRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_distrifs_v1_AssignChunkResponse__Output>): grpc.ClientUnaryCall;
  assignChunk(argument: _distrifs_v1_AssignChunkRequest, callback: grpc.requestCallback<_distrifs_v1_AssignChunkResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * Ends a session; its unfinished files are abandoned.
   */
  CloseSession(argument: _distrifs_v1_CloseSessionRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_distrifs_v1_CloseSessionResponse__Output>): grpc.ClientUnaryCall;
  CloseSession(argument: _distrifs_v1_CloseSessionRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_distrifs_v1_CloseSessionResponse__Output>): grpc.ClientUnaryCall;
  CloseSession(argument: _distrifs_v1_CloseSessionRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_distrifs_v1_CloseSessionResponse__Output>): grpc.ClientUnaryCall;
  CloseSession(argument: _distrifs_v1_CloseSessionRequest, callback: grpc.requestCallback<_distrifs_v1_CloseSessionResponse__Output>): grpc.ClientUnaryCall;
  /**
   * Ends a session; its unfinished files are abandoned.
   */
  closeSession(argument: _distrifs_v1_CloseSessionRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_distrifs_v1_CloseSessionResponse__Output>): grpc.ClientUnaryCall;
  closeSession(argument: _distrifs_v1_CloseSessionRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_distrifs_v1_CloseSessionResponse__Output>): grpc.ClientUnaryCall;
  closeSession(argument: _distrifs_v1_CloseSessionRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_distrifs_v1_CloseSessionResponse__Output>): grpc.ClientUnaryCall;
  closeSession(argument: _distrifs_v1_CloseSessionRequest, callback: grpc.requestCallback<_distrifs_v1_CloseSessionResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * Makes a reserved version current, naming the nodes that acknowledged it. Compare-and-set.
   */
  CommitVersion(argument: _distrifs_v1_CommitVersionRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_distrifs_v1_CommitVersionResponse__Output>): grpc.ClientUnaryCall;
  CommitVersion(argument: _distrifs_v1_CommitVersionRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_distrifs_v1_CommitVersionResponse__Output>): grpc.ClientUnaryCall;
  CommitVersion(argument: _distrifs_v1_CommitVersionRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_distrifs_v1_CommitVersionResponse__Output>): grpc.ClientUnaryCall;
  CommitVersion(argument: _distrifs_v1_CommitVersionRequest, callback: grpc.requestCallback<_distrifs_v1_CommitVersionResponse__Output>): grpc.ClientUnaryCall;
  /**
   * Makes a reserved version current, naming the nodes that acknowledged it. Compare-and-set.
   */
  commitVersion(argument: _distrifs_v1_CommitVersionRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_distrifs_v1_CommitVersionResponse__Output>): grpc.ClientUnaryCall;
  commitVersion(argument: _distrifs_v1_CommitVersionRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_distrifs_v1_CommitVersionResponse__Output>): grpc.ClientUnaryCall;
  commitVersion(argument: _distrifs_v1_CommitVersionRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_distrifs_v1_CommitVersionResponse__Output>): grpc.ClientUnaryCall;
  commitVersion(argument: _distrifs_v1_CommitVersionRequest, callback: grpc.requestCallback<_distrifs_v1_CommitVersionResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * Makes the whole file visible, in place of an existing file at the path.
   */
  CompleteFile(argument: _distrifs_v1_CompleteFileRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_distrifs_v1_CompleteFileResponse__Output>): grpc.ClientUnaryCall;
  CompleteFile(argument: _distrifs_v1_CompleteFileRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_distrifs_v1_CompleteFileResponse__Output>): grpc.ClientUnaryCall;
  CompleteFile(argument: _distrifs_v1_CompleteFileRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_distrifs_v1_CompleteFileResponse__Output>): grpc.ClientUnaryCall;
  CompleteFile(argument: _distrifs_v1_CompleteFileRequest, callback: grpc.requestCallback<_distrifs_v1_CompleteFileResponse__Output>): grpc.ClientUnaryCall;
  /**
   * Makes the whole file visible, in place of an existing file at the path.
   */
  completeFile(argument: _distrifs_v1_CompleteFileRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_distrifs_v1_CompleteFileResponse__Output>): grpc.ClientUnaryCall;
  completeFile(argument: _distrifs_v1_CompleteFileRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_distrifs_v1_CompleteFileResponse__Output>): grpc.ClientUnaryCall;
  completeFile(argument: _distrifs_v1_CompleteFileRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_distrifs_v1_CompleteFileResponse__Output>): grpc.ClientUnaryCall;
  completeFile(argument: _distrifs_v1_CompleteFileRequest, callback: grpc.requestCallback<_distrifs_v1_CompleteFileResponse__Output>): grpc.ClientUnaryCall;
  
  CreateFile(argument: _distrifs_v1_CreateFileRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_distrifs_v1_CreateFileResponse__Output>): grpc.ClientUnaryCall;
  CreateFile(argument: _distrifs_v1_CreateFileRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_distrifs_v1_CreateFileResponse__Output>): grpc.ClientUnaryCall;
  CreateFile(argument: _distrifs_v1_CreateFileRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_distrifs_v1_CreateFileResponse__Output>): grpc.ClientUnaryCall;
  CreateFile(argument: _distrifs_v1_CreateFileRequest, callback: grpc.requestCallback<_distrifs_v1_CreateFileResponse__Output>): grpc.ClientUnaryCall;
  createFile(argument: _distrifs_v1_CreateFileRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_distrifs_v1_CreateFileResponse__Output>): grpc.ClientUnaryCall;
  createFile(argument: _distrifs_v1_CreateFileRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_distrifs_v1_CreateFileResponse__Output>): grpc.ClientUnaryCall;
  createFile(argument: _distrifs_v1_CreateFileRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_distrifs_v1_CreateFileResponse__Output>): grpc.ClientUnaryCall;
  createFile(argument: _distrifs_v1_CreateFileRequest, callback: grpc.requestCallback<_distrifs_v1_CreateFileResponse__Output>): grpc.ClientUnaryCall;
  
  Delete(argument: _distrifs_v1_DeleteRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_distrifs_v1_DeleteResponse__Output>): grpc.ClientUnaryCall;
  Delete(argument: _distrifs_v1_DeleteRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_distrifs_v1_DeleteResponse__Output>): grpc.ClientUnaryCall;
  Delete(argument: _distrifs_v1_DeleteRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_distrifs_v1_DeleteResponse__Output>): grpc.ClientUnaryCall;
  Delete(argument: _distrifs_v1_DeleteRequest, callback: grpc.requestCallback<_distrifs_v1_DeleteResponse__Output>): grpc.ClientUnaryCall;
  delete(argument: _distrifs_v1_DeleteRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_distrifs_v1_DeleteResponse__Output>): grpc.ClientUnaryCall;
  delete(argument: _distrifs_v1_DeleteRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_distrifs_v1_DeleteResponse__Output>): grpc.ClientUnaryCall;
  delete(argument: _distrifs_v1_DeleteRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_distrifs_v1_DeleteResponse__Output>): grpc.ClientUnaryCall;
  delete(argument: _distrifs_v1_DeleteRequest, callback: grpc.requestCallback<_distrifs_v1_DeleteResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * Returns the locations of a file's chunks. Opening a file asks by path; an open handle asks by file_id.
   */
  GetChunkLocation(argument: _distrifs_v1_GetChunkLocationRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_distrifs_v1_GetChunkLocationResponse__Output>): grpc.ClientUnaryCall;
  GetChunkLocation(argument: _distrifs_v1_GetChunkLocationRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_distrifs_v1_GetChunkLocationResponse__Output>): grpc.ClientUnaryCall;
  GetChunkLocation(argument: _distrifs_v1_GetChunkLocationRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_distrifs_v1_GetChunkLocationResponse__Output>): grpc.ClientUnaryCall;
  GetChunkLocation(argument: _distrifs_v1_GetChunkLocationRequest, callback: grpc.requestCallback<_distrifs_v1_GetChunkLocationResponse__Output>): grpc.ClientUnaryCall;
  /**
   * Returns the locations of a file's chunks. Opening a file asks by path; an open handle asks by file_id.
   */
  getChunkLocation(argument: _distrifs_v1_GetChunkLocationRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_distrifs_v1_GetChunkLocationResponse__Output>): grpc.ClientUnaryCall;
  getChunkLocation(argument: _distrifs_v1_GetChunkLocationRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_distrifs_v1_GetChunkLocationResponse__Output>): grpc.ClientUnaryCall;
  getChunkLocation(argument: _distrifs_v1_GetChunkLocationRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_distrifs_v1_GetChunkLocationResponse__Output>): grpc.ClientUnaryCall;
  getChunkLocation(argument: _distrifs_v1_GetChunkLocationRequest, callback: grpc.requestCallback<_distrifs_v1_GetChunkLocationResponse__Output>): grpc.ClientUnaryCall;
  
  GetFileInfo(argument: _distrifs_v1_GetFileInfoRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_distrifs_v1_GetFileInfoResponse__Output>): grpc.ClientUnaryCall;
  GetFileInfo(argument: _distrifs_v1_GetFileInfoRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_distrifs_v1_GetFileInfoResponse__Output>): grpc.ClientUnaryCall;
  GetFileInfo(argument: _distrifs_v1_GetFileInfoRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_distrifs_v1_GetFileInfoResponse__Output>): grpc.ClientUnaryCall;
  GetFileInfo(argument: _distrifs_v1_GetFileInfoRequest, callback: grpc.requestCallback<_distrifs_v1_GetFileInfoResponse__Output>): grpc.ClientUnaryCall;
  getFileInfo(argument: _distrifs_v1_GetFileInfoRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_distrifs_v1_GetFileInfoResponse__Output>): grpc.ClientUnaryCall;
  getFileInfo(argument: _distrifs_v1_GetFileInfoRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_distrifs_v1_GetFileInfoResponse__Output>): grpc.ClientUnaryCall;
  getFileInfo(argument: _distrifs_v1_GetFileInfoRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_distrifs_v1_GetFileInfoResponse__Output>): grpc.ClientUnaryCall;
  getFileInfo(argument: _distrifs_v1_GetFileInfoRequest, callback: grpc.requestCallback<_distrifs_v1_GetFileInfoResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * Renews a session, and is answered after renew_interval_ms. While the call is open, the master knows that the client is there: when
   * its connection ends, others may have the paths that the client was writing after a few seconds.
   */
  HoldSession(argument: _distrifs_v1_RenewSessionRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_distrifs_v1_RenewSessionResponse__Output>): grpc.ClientUnaryCall;
  HoldSession(argument: _distrifs_v1_RenewSessionRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_distrifs_v1_RenewSessionResponse__Output>): grpc.ClientUnaryCall;
  HoldSession(argument: _distrifs_v1_RenewSessionRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_distrifs_v1_RenewSessionResponse__Output>): grpc.ClientUnaryCall;
  HoldSession(argument: _distrifs_v1_RenewSessionRequest, callback: grpc.requestCallback<_distrifs_v1_RenewSessionResponse__Output>): grpc.ClientUnaryCall;
  /**
   * Renews a session, and is answered after renew_interval_ms. While the call is open, the master knows that the client is there: when
   * its connection ends, others may have the paths that the client was writing after a few seconds.
   */
  holdSession(argument: _distrifs_v1_RenewSessionRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_distrifs_v1_RenewSessionResponse__Output>): grpc.ClientUnaryCall;
  holdSession(argument: _distrifs_v1_RenewSessionRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_distrifs_v1_RenewSessionResponse__Output>): grpc.ClientUnaryCall;
  holdSession(argument: _distrifs_v1_RenewSessionRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_distrifs_v1_RenewSessionResponse__Output>): grpc.ClientUnaryCall;
  holdSession(argument: _distrifs_v1_RenewSessionRequest, callback: grpc.requestCallback<_distrifs_v1_RenewSessionResponse__Output>): grpc.ClientUnaryCall;
  
  ListDirectory(argument: _distrifs_v1_ListDirectoryRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_distrifs_v1_ListDirectoryResponse__Output>): grpc.ClientUnaryCall;
  ListDirectory(argument: _distrifs_v1_ListDirectoryRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_distrifs_v1_ListDirectoryResponse__Output>): grpc.ClientUnaryCall;
  ListDirectory(argument: _distrifs_v1_ListDirectoryRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_distrifs_v1_ListDirectoryResponse__Output>): grpc.ClientUnaryCall;
  ListDirectory(argument: _distrifs_v1_ListDirectoryRequest, callback: grpc.requestCallback<_distrifs_v1_ListDirectoryResponse__Output>): grpc.ClientUnaryCall;
  listDirectory(argument: _distrifs_v1_ListDirectoryRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_distrifs_v1_ListDirectoryResponse__Output>): grpc.ClientUnaryCall;
  listDirectory(argument: _distrifs_v1_ListDirectoryRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_distrifs_v1_ListDirectoryResponse__Output>): grpc.ClientUnaryCall;
  listDirectory(argument: _distrifs_v1_ListDirectoryRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_distrifs_v1_ListDirectoryResponse__Output>): grpc.ClientUnaryCall;
  listDirectory(argument: _distrifs_v1_ListDirectoryRequest, callback: grpc.requestCallback<_distrifs_v1_ListDirectoryResponse__Output>): grpc.ClientUnaryCall;
  
  MakeDirectory(argument: _distrifs_v1_MakeDirectoryRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_distrifs_v1_MakeDirectoryResponse__Output>): grpc.ClientUnaryCall;
  MakeDirectory(argument: _distrifs_v1_MakeDirectoryRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_distrifs_v1_MakeDirectoryResponse__Output>): grpc.ClientUnaryCall;
  MakeDirectory(argument: _distrifs_v1_MakeDirectoryRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_distrifs_v1_MakeDirectoryResponse__Output>): grpc.ClientUnaryCall;
  MakeDirectory(argument: _distrifs_v1_MakeDirectoryRequest, callback: grpc.requestCallback<_distrifs_v1_MakeDirectoryResponse__Output>): grpc.ClientUnaryCall;
  makeDirectory(argument: _distrifs_v1_MakeDirectoryRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_distrifs_v1_MakeDirectoryResponse__Output>): grpc.ClientUnaryCall;
  makeDirectory(argument: _distrifs_v1_MakeDirectoryRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_distrifs_v1_MakeDirectoryResponse__Output>): grpc.ClientUnaryCall;
  makeDirectory(argument: _distrifs_v1_MakeDirectoryRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_distrifs_v1_MakeDirectoryResponse__Output>): grpc.ClientUnaryCall;
  makeDirectory(argument: _distrifs_v1_MakeDirectoryRequest, callback: grpc.requestCallback<_distrifs_v1_MakeDirectoryResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * Registers a session through the log. A retry may leave an unused session, which expires.
   */
  OpenSession(argument: _distrifs_v1_OpenSessionRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_distrifs_v1_OpenSessionResponse__Output>): grpc.ClientUnaryCall;
  OpenSession(argument: _distrifs_v1_OpenSessionRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_distrifs_v1_OpenSessionResponse__Output>): grpc.ClientUnaryCall;
  OpenSession(argument: _distrifs_v1_OpenSessionRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_distrifs_v1_OpenSessionResponse__Output>): grpc.ClientUnaryCall;
  OpenSession(argument: _distrifs_v1_OpenSessionRequest, callback: grpc.requestCallback<_distrifs_v1_OpenSessionResponse__Output>): grpc.ClientUnaryCall;
  /**
   * Registers a session through the log. A retry may leave an unused session, which expires.
   */
  openSession(argument: _distrifs_v1_OpenSessionRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_distrifs_v1_OpenSessionResponse__Output>): grpc.ClientUnaryCall;
  openSession(argument: _distrifs_v1_OpenSessionRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_distrifs_v1_OpenSessionResponse__Output>): grpc.ClientUnaryCall;
  openSession(argument: _distrifs_v1_OpenSessionRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_distrifs_v1_OpenSessionResponse__Output>): grpc.ClientUnaryCall;
  openSession(argument: _distrifs_v1_OpenSessionRequest, callback: grpc.requestCallback<_distrifs_v1_OpenSessionResponse__Output>): grpc.ClientUnaryCall;
  
  Rename(argument: _distrifs_v1_RenameRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_distrifs_v1_RenameResponse__Output>): grpc.ClientUnaryCall;
  Rename(argument: _distrifs_v1_RenameRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_distrifs_v1_RenameResponse__Output>): grpc.ClientUnaryCall;
  Rename(argument: _distrifs_v1_RenameRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_distrifs_v1_RenameResponse__Output>): grpc.ClientUnaryCall;
  Rename(argument: _distrifs_v1_RenameRequest, callback: grpc.requestCallback<_distrifs_v1_RenameResponse__Output>): grpc.ClientUnaryCall;
  rename(argument: _distrifs_v1_RenameRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_distrifs_v1_RenameResponse__Output>): grpc.ClientUnaryCall;
  rename(argument: _distrifs_v1_RenameRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_distrifs_v1_RenameResponse__Output>): grpc.ClientUnaryCall;
  rename(argument: _distrifs_v1_RenameRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_distrifs_v1_RenameResponse__Output>): grpc.ClientUnaryCall;
  rename(argument: _distrifs_v1_RenameRequest, callback: grpc.requestCallback<_distrifs_v1_RenameResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * Keeps a session and the leases of its open files alive.
   */
  RenewSession(argument: _distrifs_v1_RenewSessionRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_distrifs_v1_RenewSessionResponse__Output>): grpc.ClientUnaryCall;
  RenewSession(argument: _distrifs_v1_RenewSessionRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_distrifs_v1_RenewSessionResponse__Output>): grpc.ClientUnaryCall;
  RenewSession(argument: _distrifs_v1_RenewSessionRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_distrifs_v1_RenewSessionResponse__Output>): grpc.ClientUnaryCall;
  RenewSession(argument: _distrifs_v1_RenewSessionRequest, callback: grpc.requestCallback<_distrifs_v1_RenewSessionResponse__Output>): grpc.ClientUnaryCall;
  /**
   * Keeps a session and the leases of its open files alive.
   */
  renewSession(argument: _distrifs_v1_RenewSessionRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_distrifs_v1_RenewSessionResponse__Output>): grpc.ClientUnaryCall;
  renewSession(argument: _distrifs_v1_RenewSessionRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_distrifs_v1_RenewSessionResponse__Output>): grpc.ClientUnaryCall;
  renewSession(argument: _distrifs_v1_RenewSessionRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_distrifs_v1_RenewSessionResponse__Output>): grpc.ClientUnaryCall;
  renewSession(argument: _distrifs_v1_RenewSessionRequest, callback: grpc.requestCallback<_distrifs_v1_RenewSessionResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * Reports a replica that a client found damaged, missing or stale.
   */
  ReportBadReplica(argument: _distrifs_v1_ReportBadReplicaRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_distrifs_v1_ReportBadReplicaResponse__Output>): grpc.ClientUnaryCall;
  ReportBadReplica(argument: _distrifs_v1_ReportBadReplicaRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_distrifs_v1_ReportBadReplicaResponse__Output>): grpc.ClientUnaryCall;
  ReportBadReplica(argument: _distrifs_v1_ReportBadReplicaRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_distrifs_v1_ReportBadReplicaResponse__Output>): grpc.ClientUnaryCall;
  ReportBadReplica(argument: _distrifs_v1_ReportBadReplicaRequest, callback: grpc.requestCallback<_distrifs_v1_ReportBadReplicaResponse__Output>): grpc.ClientUnaryCall;
  /**
   * Reports a replica that a client found damaged, missing or stale.
   */
  reportBadReplica(argument: _distrifs_v1_ReportBadReplicaRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_distrifs_v1_ReportBadReplicaResponse__Output>): grpc.ClientUnaryCall;
  reportBadReplica(argument: _distrifs_v1_ReportBadReplicaRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_distrifs_v1_ReportBadReplicaResponse__Output>): grpc.ClientUnaryCall;
  reportBadReplica(argument: _distrifs_v1_ReportBadReplicaRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_distrifs_v1_ReportBadReplicaResponse__Output>): grpc.ClientUnaryCall;
  reportBadReplica(argument: _distrifs_v1_ReportBadReplicaRequest, callback: grpc.requestCallback<_distrifs_v1_ReportBadReplicaResponse__Output>): grpc.ClientUnaryCall;
  
}

export interface NamespaceServiceHandlers extends grpc.UntypedServiceImplementation {
  AbandonFile: grpc.handleUnaryCall<_distrifs_v1_AbandonFileRequest__Output, _distrifs_v1_AbandonFileResponse>;
  
  /**
   * Plans one chunk of an unfinished file: reserves a version and names the pipeline. Another call for the same index
   * // (after a failure of a pipeline node) raises the chunk's version and names another pipeline.
   */
  AssignChunk: grpc.handleUnaryCall<_distrifs_v1_AssignChunkRequest__Output, _distrifs_v1_AssignChunkResponse>;
  
  /**
   * Ends a session; its unfinished files are abandoned.
   */
  CloseSession: grpc.handleUnaryCall<_distrifs_v1_CloseSessionRequest__Output, _distrifs_v1_CloseSessionResponse>;
  
  /**
   * Makes a reserved version current, naming the nodes that acknowledged it. Compare-and-set.
   */
  CommitVersion: grpc.handleUnaryCall<_distrifs_v1_CommitVersionRequest__Output, _distrifs_v1_CommitVersionResponse>;
  
  /**
   * Makes the whole file visible, in place of an existing file at the path.
   */
  CompleteFile: grpc.handleUnaryCall<_distrifs_v1_CompleteFileRequest__Output, _distrifs_v1_CompleteFileResponse>;
  
  CreateFile: grpc.handleUnaryCall<_distrifs_v1_CreateFileRequest__Output, _distrifs_v1_CreateFileResponse>;
  
  Delete: grpc.handleUnaryCall<_distrifs_v1_DeleteRequest__Output, _distrifs_v1_DeleteResponse>;
  
  /**
   * Returns the locations of a file's chunks. Opening a file asks by path; an open handle asks by file_id.
   */
  GetChunkLocation: grpc.handleUnaryCall<_distrifs_v1_GetChunkLocationRequest__Output, _distrifs_v1_GetChunkLocationResponse>;
  
  GetFileInfo: grpc.handleUnaryCall<_distrifs_v1_GetFileInfoRequest__Output, _distrifs_v1_GetFileInfoResponse>;
  
  /**
   * Renews a session, and is answered after renew_interval_ms. While the call is open, the master knows that the client is there: when
   * its connection ends, others may have the paths that the client was writing after a few seconds.
   */
  HoldSession: grpc.handleUnaryCall<_distrifs_v1_RenewSessionRequest__Output, _distrifs_v1_RenewSessionResponse>;
  
  ListDirectory: grpc.handleUnaryCall<_distrifs_v1_ListDirectoryRequest__Output, _distrifs_v1_ListDirectoryResponse>;
  
  MakeDirectory: grpc.handleUnaryCall<_distrifs_v1_MakeDirectoryRequest__Output, _distrifs_v1_MakeDirectoryResponse>;
  
  /**
   * Registers a session through the log. A retry may leave an unused session, which expires.
   */
  OpenSession: grpc.handleUnaryCall<_distrifs_v1_OpenSessionRequest__Output, _distrifs_v1_OpenSessionResponse>;
  
  Rename: grpc.handleUnaryCall<_distrifs_v1_RenameRequest__Output, _distrifs_v1_RenameResponse>;
  
  /**
   * Keeps a session and the leases of its open files alive.
   */
  RenewSession: grpc.handleUnaryCall<_distrifs_v1_RenewSessionRequest__Output, _distrifs_v1_RenewSessionResponse>;
  
  /**
   * Reports a replica that a client found damaged, missing or stale.
   */
  ReportBadReplica: grpc.handleUnaryCall<_distrifs_v1_ReportBadReplicaRequest__Output, _distrifs_v1_ReportBadReplicaResponse>;
  
}

export interface NamespaceServiceDefinition extends grpc.ServiceDefinition {
  AbandonFile: MethodDefinition<_distrifs_v1_AbandonFileRequest, _distrifs_v1_AbandonFileResponse, _distrifs_v1_AbandonFileRequest__Output, _distrifs_v1_AbandonFileResponse__Output>
  AssignChunk: MethodDefinition<_distrifs_v1_AssignChunkRequest, _distrifs_v1_AssignChunkResponse, _distrifs_v1_AssignChunkRequest__Output, _distrifs_v1_AssignChunkResponse__Output>
  CloseSession: MethodDefinition<_distrifs_v1_CloseSessionRequest, _distrifs_v1_CloseSessionResponse, _distrifs_v1_CloseSessionRequest__Output, _distrifs_v1_CloseSessionResponse__Output>
  CommitVersion: MethodDefinition<_distrifs_v1_CommitVersionRequest, _distrifs_v1_CommitVersionResponse, _distrifs_v1_CommitVersionRequest__Output, _distrifs_v1_CommitVersionResponse__Output>
  CompleteFile: MethodDefinition<_distrifs_v1_CompleteFileRequest, _distrifs_v1_CompleteFileResponse, _distrifs_v1_CompleteFileRequest__Output, _distrifs_v1_CompleteFileResponse__Output>
  CreateFile: MethodDefinition<_distrifs_v1_CreateFileRequest, _distrifs_v1_CreateFileResponse, _distrifs_v1_CreateFileRequest__Output, _distrifs_v1_CreateFileResponse__Output>
  Delete: MethodDefinition<_distrifs_v1_DeleteRequest, _distrifs_v1_DeleteResponse, _distrifs_v1_DeleteRequest__Output, _distrifs_v1_DeleteResponse__Output>
  GetChunkLocation: MethodDefinition<_distrifs_v1_GetChunkLocationRequest, _distrifs_v1_GetChunkLocationResponse, _distrifs_v1_GetChunkLocationRequest__Output, _distrifs_v1_GetChunkLocationResponse__Output>
  GetFileInfo: MethodDefinition<_distrifs_v1_GetFileInfoRequest, _distrifs_v1_GetFileInfoResponse, _distrifs_v1_GetFileInfoRequest__Output, _distrifs_v1_GetFileInfoResponse__Output>
  HoldSession: MethodDefinition<_distrifs_v1_RenewSessionRequest, _distrifs_v1_RenewSessionResponse, _distrifs_v1_RenewSessionRequest__Output, _distrifs_v1_RenewSessionResponse__Output>
  ListDirectory: MethodDefinition<_distrifs_v1_ListDirectoryRequest, _distrifs_v1_ListDirectoryResponse, _distrifs_v1_ListDirectoryRequest__Output, _distrifs_v1_ListDirectoryResponse__Output>
  MakeDirectory: MethodDefinition<_distrifs_v1_MakeDirectoryRequest, _distrifs_v1_MakeDirectoryResponse, _distrifs_v1_MakeDirectoryRequest__Output, _distrifs_v1_MakeDirectoryResponse__Output>
  OpenSession: MethodDefinition<_distrifs_v1_OpenSessionRequest, _distrifs_v1_OpenSessionResponse, _distrifs_v1_OpenSessionRequest__Output, _distrifs_v1_OpenSessionResponse__Output>
  Rename: MethodDefinition<_distrifs_v1_RenameRequest, _distrifs_v1_RenameResponse, _distrifs_v1_RenameRequest__Output, _distrifs_v1_RenameResponse__Output>
  RenewSession: MethodDefinition<_distrifs_v1_RenewSessionRequest, _distrifs_v1_RenewSessionResponse, _distrifs_v1_RenewSessionRequest__Output, _distrifs_v1_RenewSessionResponse__Output>
  ReportBadReplica: MethodDefinition<_distrifs_v1_ReportBadReplicaRequest, _distrifs_v1_ReportBadReplicaResponse, _distrifs_v1_ReportBadReplicaRequest__Output, _distrifs_v1_ReportBadReplicaResponse__Output>
}
