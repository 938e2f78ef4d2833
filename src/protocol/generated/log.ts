import type * as grpc from '@grpc/grpc-js';
import type { EnumTypeDefinition, MessageTypeDefinition } from '@grpc/proto-loader';

import type { AbandonFileRequest as _distrifs_v1_AbandonFileRequest, AbandonFileRequest__Output as _distrifs_v1_AbandonFileRequest__Output } from './distrifs/v1/AbandonFileRequest.js';
import type { AbandonFileResponse as _distrifs_v1_AbandonFileResponse, AbandonFileResponse__Output as _distrifs_v1_AbandonFileResponse__Output } from './distrifs/v1/AbandonFileResponse.js';
import type { Answer as _distrifs_v1_Answer, Answer__Output as _distrifs_v1_Answer__Output } from './distrifs/v1/Answer.js';
import type { AssignChunkEntry as _distrifs_v1_AssignChunkEntry, AssignChunkEntry__Output as _distrifs_v1_AssignChunkEntry__Output } from './distrifs/v1/AssignChunkEntry.js';
import type { AssignChunkRequest as _distrifs_v1_AssignChunkRequest, AssignChunkRequest__Output as _distrifs_v1_AssignChunkRequest__Output } from './distrifs/v1/AssignChunkRequest.js';
import type { AssignChunkResponse as _distrifs_v1_AssignChunkResponse, AssignChunkResponse__Output as _distrifs_v1_AssignChunkResponse__Output } from './distrifs/v1/AssignChunkResponse.js';
import type { ChunkLocation as _distrifs_v1_ChunkLocation, ChunkLocation__Output as _distrifs_v1_ChunkLocation__Output } from './distrifs/v1/ChunkLocation.js';
import type { CloseSessionRequest as _distrifs_v1_CloseSessionRequest, CloseSessionRequest__Output as _distrifs_v1_CloseSessionRequest__Output } from './distrifs/v1/CloseSessionRequest.js';
import type { CloseSessionResponse as _distrifs_v1_CloseSessionResponse, CloseSessionResponse__Output as _distrifs_v1_CloseSessionResponse__Output } from './distrifs/v1/CloseSessionResponse.js';
import type { CommitVersionRequest as _distrifs_v1_CommitVersionRequest, CommitVersionRequest__Output as _distrifs_v1_CommitVersionRequest__Output } from './distrifs/v1/CommitVersionRequest.js';
import type { CommitVersionResponse as _distrifs_v1_CommitVersionResponse, CommitVersionResponse__Output as _distrifs_v1_CommitVersionResponse__Output } from './distrifs/v1/CommitVersionResponse.js';
import type { CompleteFileRequest as _distrifs_v1_CompleteFileRequest, CompleteFileRequest__Output as _distrifs_v1_CompleteFileRequest__Output } from './distrifs/v1/CompleteFileRequest.js';
import type { CompleteFileResponse as _distrifs_v1_CompleteFileResponse, CompleteFileResponse__Output as _distrifs_v1_CompleteFileResponse__Output } from './distrifs/v1/CompleteFileResponse.js';
import type { CreateFileEntry as _distrifs_v1_CreateFileEntry, CreateFileEntry__Output as _distrifs_v1_CreateFileEntry__Output } from './distrifs/v1/CreateFileEntry.js';
import type { CreateFileRequest as _distrifs_v1_CreateFileRequest, CreateFileRequest__Output as _distrifs_v1_CreateFileRequest__Output } from './distrifs/v1/CreateFileRequest.js';
import type { CreateFileResponse as _distrifs_v1_CreateFileResponse, CreateFileResponse__Output as _distrifs_v1_CreateFileResponse__Output } from './distrifs/v1/CreateFileResponse.js';
import type { CreatePlannedEntry as _distrifs_v1_CreatePlannedEntry, CreatePlannedEntry__Output as _distrifs_v1_CreatePlannedEntry__Output } from './distrifs/v1/CreatePlannedEntry.js';
import type { DeleteRequest as _distrifs_v1_DeleteRequest, DeleteRequest__Output as _distrifs_v1_DeleteRequest__Output } from './distrifs/v1/DeleteRequest.js';
import type { DeleteResponse as _distrifs_v1_DeleteResponse, DeleteResponse__Output as _distrifs_v1_DeleteResponse__Output } from './distrifs/v1/DeleteResponse.js';
import type { DeleteUnfinished as _distrifs_v1_DeleteUnfinished, DeleteUnfinished__Output as _distrifs_v1_DeleteUnfinished__Output } from './distrifs/v1/DeleteUnfinished.js';
import type { DiskStatus as _distrifs_v1_DiskStatus, DiskStatus__Output as _distrifs_v1_DiskStatus__Output } from './distrifs/v1/DiskStatus.js';
import type { ErrorDetail as _distrifs_v1_ErrorDetail, ErrorDetail__Output as _distrifs_v1_ErrorDetail__Output } from './distrifs/v1/ErrorDetail.js';
import type { ExpireSessions as _distrifs_v1_ExpireSessions, ExpireSessions__Output as _distrifs_v1_ExpireSessions__Output } from './distrifs/v1/ExpireSessions.js';
import type { FileInfo as _distrifs_v1_FileInfo, FileInfo__Output as _distrifs_v1_FileInfo__Output } from './distrifs/v1/FileInfo.js';
import type { FirstChunk as _distrifs_v1_FirstChunk, FirstChunk__Output as _distrifs_v1_FirstChunk__Output } from './distrifs/v1/FirstChunk.js';
import type { FoundingMaster as _distrifs_v1_FoundingMaster, FoundingMaster__Output as _distrifs_v1_FoundingMaster__Output } from './distrifs/v1/FoundingMaster.js';
import type { GetChunkLocationRequest as _distrifs_v1_GetChunkLocationRequest, GetChunkLocationRequest__Output as _distrifs_v1_GetChunkLocationRequest__Output } from './distrifs/v1/GetChunkLocationRequest.js';
import type { GetChunkLocationResponse as _distrifs_v1_GetChunkLocationResponse, GetChunkLocationResponse__Output as _distrifs_v1_GetChunkLocationResponse__Output } from './distrifs/v1/GetChunkLocationResponse.js';
import type { GetFileInfoRequest as _distrifs_v1_GetFileInfoRequest, GetFileInfoRequest__Output as _distrifs_v1_GetFileInfoRequest__Output } from './distrifs/v1/GetFileInfoRequest.js';
import type { GetFileInfoResponse as _distrifs_v1_GetFileInfoResponse, GetFileInfoResponse__Output as _distrifs_v1_GetFileInfoResponse__Output } from './distrifs/v1/GetFileInfoResponse.js';
import type { InitCluster as _distrifs_v1_InitCluster, InitCluster__Output as _distrifs_v1_InitCluster__Output } from './distrifs/v1/InitCluster.js';
import type { ListDirectoryRequest as _distrifs_v1_ListDirectoryRequest, ListDirectoryRequest__Output as _distrifs_v1_ListDirectoryRequest__Output } from './distrifs/v1/ListDirectoryRequest.js';
import type { ListDirectoryResponse as _distrifs_v1_ListDirectoryResponse, ListDirectoryResponse__Output as _distrifs_v1_ListDirectoryResponse__Output } from './distrifs/v1/ListDirectoryResponse.js';
import type { LogEntry as _distrifs_v1_LogEntry, LogEntry__Output as _distrifs_v1_LogEntry__Output } from './distrifs/v1/LogEntry.js';
import type { MakeDirectoryRequest as _distrifs_v1_MakeDirectoryRequest, MakeDirectoryRequest__Output as _distrifs_v1_MakeDirectoryRequest__Output } from './distrifs/v1/MakeDirectoryRequest.js';
import type { MakeDirectoryResponse as _distrifs_v1_MakeDirectoryResponse, MakeDirectoryResponse__Output as _distrifs_v1_MakeDirectoryResponse__Output } from './distrifs/v1/MakeDirectoryResponse.js';
import type { MutationHeader as _distrifs_v1_MutationHeader, MutationHeader__Output as _distrifs_v1_MutationHeader__Output } from './distrifs/v1/MutationHeader.js';
import type { NamespaceServiceClient as _distrifs_v1_NamespaceServiceClient, NamespaceServiceDefinition as _distrifs_v1_NamespaceServiceDefinition } from './distrifs/v1/NamespaceService.js';
import type { NodeAddress as _distrifs_v1_NodeAddress, NodeAddress__Output as _distrifs_v1_NodeAddress__Output } from './distrifs/v1/NodeAddress.js';
import type { NodeStats as _distrifs_v1_NodeStats, NodeStats__Output as _distrifs_v1_NodeStats__Output } from './distrifs/v1/NodeStats.js';
import type { OpenSessionEntry as _distrifs_v1_OpenSessionEntry, OpenSessionEntry__Output as _distrifs_v1_OpenSessionEntry__Output } from './distrifs/v1/OpenSessionEntry.js';
import type { OpenSessionRequest as _distrifs_v1_OpenSessionRequest, OpenSessionRequest__Output as _distrifs_v1_OpenSessionRequest__Output } from './distrifs/v1/OpenSessionRequest.js';
import type { OpenSessionResponse as _distrifs_v1_OpenSessionResponse, OpenSessionResponse__Output as _distrifs_v1_OpenSessionResponse__Output } from './distrifs/v1/OpenSessionResponse.js';
import type { Purge as _distrifs_v1_Purge, Purge__Output as _distrifs_v1_Purge__Output } from './distrifs/v1/Purge.js';
import type { RegisterMaster as _distrifs_v1_RegisterMaster, RegisterMaster__Output as _distrifs_v1_RegisterMaster__Output } from './distrifs/v1/RegisterMaster.js';
import type { RegisterNode as _distrifs_v1_RegisterNode, RegisterNode__Output as _distrifs_v1_RegisterNode__Output } from './distrifs/v1/RegisterNode.js';
import type { RemoveNode as _distrifs_v1_RemoveNode, RemoveNode__Output as _distrifs_v1_RemoveNode__Output } from './distrifs/v1/RemoveNode.js';
import type { RenameRequest as _distrifs_v1_RenameRequest, RenameRequest__Output as _distrifs_v1_RenameRequest__Output } from './distrifs/v1/RenameRequest.js';
import type { RenameResponse as _distrifs_v1_RenameResponse, RenameResponse__Output as _distrifs_v1_RenameResponse__Output } from './distrifs/v1/RenameResponse.js';
import type { RenewSessionRequest as _distrifs_v1_RenewSessionRequest, RenewSessionRequest__Output as _distrifs_v1_RenewSessionRequest__Output } from './distrifs/v1/RenewSessionRequest.js';
import type { RenewSessionResponse as _distrifs_v1_RenewSessionResponse, RenewSessionResponse__Output as _distrifs_v1_RenewSessionResponse__Output } from './distrifs/v1/RenewSessionResponse.js';
import type { ReportBadReplicaRequest as _distrifs_v1_ReportBadReplicaRequest, ReportBadReplicaRequest__Output as _distrifs_v1_ReportBadReplicaRequest__Output } from './distrifs/v1/ReportBadReplicaRequest.js';
import type { ReportBadReplicaResponse as _distrifs_v1_ReportBadReplicaResponse, ReportBadReplicaResponse__Output as _distrifs_v1_ReportBadReplicaResponse__Output } from './distrifs/v1/ReportBadReplicaResponse.js';
import type { SkipChunkIds as _distrifs_v1_SkipChunkIds, SkipChunkIds__Output as _distrifs_v1_SkipChunkIds__Output } from './distrifs/v1/SkipChunkIds.js';
import type { StreamTaken as _distrifs_v1_StreamTaken, StreamTaken__Output as _distrifs_v1_StreamTaken__Output } from './distrifs/v1/StreamTaken.js';
import type { WrittenChunk as _distrifs_v1_WrittenChunk, WrittenChunk__Output as _distrifs_v1_WrittenChunk__Output } from './distrifs/v1/WrittenChunk.js';

type SubtypeConstructor<Constructor extends new (...args: any) => any, Subtype> = {
  new(...args: ConstructorParameters<Constructor>): Subtype;
};

export interface ProtoGrpcType {
  distrifs: {
    v1: {
      AbandonFileRequest: MessageTypeDefinition<_distrifs_v1_AbandonFileRequest, _distrifs_v1_AbandonFileRequest__Output>
      AbandonFileResponse: MessageTypeDefinition<_distrifs_v1_AbandonFileResponse, _distrifs_v1_AbandonFileResponse__Output>
      Answer: MessageTypeDefinition<_distrifs_v1_Answer, _distrifs_v1_Answer__Output>
      AssignChunkEntry: MessageTypeDefinition<_distrifs_v1_AssignChunkEntry, _distrifs_v1_AssignChunkEntry__Output>
      AssignChunkRequest: MessageTypeDefinition<_distrifs_v1_AssignChunkRequest, _distrifs_v1_AssignChunkRequest__Output>
      AssignChunkResponse: MessageTypeDefinition<_distrifs_v1_AssignChunkResponse, _distrifs_v1_AssignChunkResponse__Output>
      ChunkLocation: MessageTypeDefinition<_distrifs_v1_ChunkLocation, _distrifs_v1_ChunkLocation__Output>
      CloseSessionRequest: MessageTypeDefinition<_distrifs_v1_CloseSessionRequest, _distrifs_v1_CloseSessionRequest__Output>
      CloseSessionResponse: MessageTypeDefinition<_distrifs_v1_CloseSessionResponse, _distrifs_v1_CloseSessionResponse__Output>
      CommitVersionRequest: MessageTypeDefinition<_distrifs_v1_CommitVersionRequest, _distrifs_v1_CommitVersionRequest__Output>
      CommitVersionResponse: MessageTypeDefinition<_distrifs_v1_CommitVersionResponse, _distrifs_v1_CommitVersionResponse__Output>
      CompleteFileRequest: MessageTypeDefinition<_distrifs_v1_CompleteFileRequest, _distrifs_v1_CompleteFileRequest__Output>
      CompleteFileResponse: MessageTypeDefinition<_distrifs_v1_CompleteFileResponse, _distrifs_v1_CompleteFileResponse__Output>
      CreateFileEntry: MessageTypeDefinition<_distrifs_v1_CreateFileEntry, _distrifs_v1_CreateFileEntry__Output>
      CreateFileRequest: MessageTypeDefinition<_distrifs_v1_CreateFileRequest, _distrifs_v1_CreateFileRequest__Output>
      CreateFileResponse: MessageTypeDefinition<_distrifs_v1_CreateFileResponse, _distrifs_v1_CreateFileResponse__Output>
      CreatePlannedEntry: MessageTypeDefinition<_distrifs_v1_CreatePlannedEntry, _distrifs_v1_CreatePlannedEntry__Output>
      DeleteRequest: MessageTypeDefinition<_distrifs_v1_DeleteRequest, _distrifs_v1_DeleteRequest__Output>
      DeleteResponse: MessageTypeDefinition<_distrifs_v1_DeleteResponse, _distrifs_v1_DeleteResponse__Output>
      DeleteUnfinished: MessageTypeDefinition<_distrifs_v1_DeleteUnfinished, _distrifs_v1_DeleteUnfinished__Output>
      DiskState: EnumTypeDefinition
      DiskStatus: MessageTypeDefinition<_distrifs_v1_DiskStatus, _distrifs_v1_DiskStatus__Output>
      ErrorDetail: MessageTypeDefinition<_distrifs_v1_ErrorDetail, _distrifs_v1_ErrorDetail__Output>
      ExpireSessions: MessageTypeDefinition<_distrifs_v1_ExpireSessions, _distrifs_v1_ExpireSessions__Output>
      FileInfo: MessageTypeDefinition<_distrifs_v1_FileInfo, _distrifs_v1_FileInfo__Output>
      FileKind: EnumTypeDefinition
      FirstChunk: MessageTypeDefinition<_distrifs_v1_FirstChunk, _distrifs_v1_FirstChunk__Output>
      FoundingMaster: MessageTypeDefinition<_distrifs_v1_FoundingMaster, _distrifs_v1_FoundingMaster__Output>
      GetChunkLocationRequest: MessageTypeDefinition<_distrifs_v1_GetChunkLocationRequest, _distrifs_v1_GetChunkLocationRequest__Output>
      GetChunkLocationResponse: MessageTypeDefinition<_distrifs_v1_GetChunkLocationResponse, _distrifs_v1_GetChunkLocationResponse__Output>
      GetFileInfoRequest: MessageTypeDefinition<_distrifs_v1_GetFileInfoRequest, _distrifs_v1_GetFileInfoRequest__Output>
      GetFileInfoResponse: MessageTypeDefinition<_distrifs_v1_GetFileInfoResponse, _distrifs_v1_GetFileInfoResponse__Output>
      InitCluster: MessageTypeDefinition<_distrifs_v1_InitCluster, _distrifs_v1_InitCluster__Output>
      ListDirectoryRequest: MessageTypeDefinition<_distrifs_v1_ListDirectoryRequest, _distrifs_v1_ListDirectoryRequest__Output>
      ListDirectoryResponse: MessageTypeDefinition<_distrifs_v1_ListDirectoryResponse, _distrifs_v1_ListDirectoryResponse__Output>
      LogEntry: MessageTypeDefinition<_distrifs_v1_LogEntry, _distrifs_v1_LogEntry__Output>
      MakeDirectoryRequest: MessageTypeDefinition<_distrifs_v1_MakeDirectoryRequest, _distrifs_v1_MakeDirectoryRequest__Output>
      MakeDirectoryResponse: MessageTypeDefinition<_distrifs_v1_MakeDirectoryResponse, _distrifs_v1_MakeDirectoryResponse__Output>
      MutationHeader: MessageTypeDefinition<_distrifs_v1_MutationHeader, _distrifs_v1_MutationHeader__Output>
      NamespaceService: SubtypeConstructor<typeof grpc.Client, _distrifs_v1_NamespaceServiceClient> & { service: _distrifs_v1_NamespaceServiceDefinition }
      NodeAddress: MessageTypeDefinition<_distrifs_v1_NodeAddress, _distrifs_v1_NodeAddress__Output>
      NodeStats: MessageTypeDefinition<_distrifs_v1_NodeStats, _distrifs_v1_NodeStats__Output>
      OpenSessionEntry: MessageTypeDefinition<_distrifs_v1_OpenSessionEntry, _distrifs_v1_OpenSessionEntry__Output>
      OpenSessionRequest: MessageTypeDefinition<_distrifs_v1_OpenSessionRequest, _distrifs_v1_OpenSessionRequest__Output>
      OpenSessionResponse: MessageTypeDefinition<_distrifs_v1_OpenSessionResponse, _distrifs_v1_OpenSessionResponse__Output>
      Purge: MessageTypeDefinition<_distrifs_v1_Purge, _distrifs_v1_Purge__Output>
      RegisterMaster: MessageTypeDefinition<_distrifs_v1_RegisterMaster, _distrifs_v1_RegisterMaster__Output>
      RegisterNode: MessageTypeDefinition<_distrifs_v1_RegisterNode, _distrifs_v1_RegisterNode__Output>
      RemoveNode: MessageTypeDefinition<_distrifs_v1_RemoveNode, _distrifs_v1_RemoveNode__Output>
      RenameRequest: MessageTypeDefinition<_distrifs_v1_RenameRequest, _distrifs_v1_RenameRequest__Output>
      RenameResponse: MessageTypeDefinition<_distrifs_v1_RenameResponse, _distrifs_v1_RenameResponse__Output>
      RenewSessionRequest: MessageTypeDefinition<_distrifs_v1_RenewSessionRequest, _distrifs_v1_RenewSessionRequest__Output>
      RenewSessionResponse: MessageTypeDefinition<_distrifs_v1_RenewSessionResponse, _distrifs_v1_RenewSessionResponse__Output>
      ReportBadReplicaRequest: MessageTypeDefinition<_distrifs_v1_ReportBadReplicaRequest, _distrifs_v1_ReportBadReplicaRequest__Output>
      ReportBadReplicaResponse: MessageTypeDefinition<_distrifs_v1_ReportBadReplicaResponse, _distrifs_v1_ReportBadReplicaResponse__Output>
      SkipChunkIds: MessageTypeDefinition<_distrifs_v1_SkipChunkIds, _distrifs_v1_SkipChunkIds__Output>
      StreamTaken: MessageTypeDefinition<_distrifs_v1_StreamTaken, _distrifs_v1_StreamTaken__Output>
      WrittenChunk: MessageTypeDefinition<_distrifs_v1_WrittenChunk, _distrifs_v1_WrittenChunk__Output>
    }
  }
}

