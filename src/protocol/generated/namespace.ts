import type * as grpc from '@grpc/grpc-js';
import type { EnumTypeDefinition, MessageTypeDefinition } from '@grpc/proto-loader';

import type { AbandonFileRequest as _distrifs_v1_AbandonFileRequest, AbandonFileRequest__Output as _distrifs_v1_AbandonFileRequest__Output } from './distrifs/v1/AbandonFileRequest.js';
import type { AbandonFileResponse as _distrifs_v1_AbandonFileResponse, AbandonFileResponse__Output as _distrifs_v1_AbandonFileResponse__Output } from './distrifs/v1/AbandonFileResponse.js';
import type { AssignChunkRequest as _distrifs_v1_AssignChunkRequest, AssignChunkRequest__Output as _distrifs_v1_AssignChunkRequest__Output } from './distrifs/v1/AssignChunkRequest.js';
import type { AssignChunkResponse as _distrifs_v1_AssignChunkResponse, AssignChunkResponse__Output as _distrifs_v1_AssignChunkResponse__Output } from './distrifs/v1/AssignChunkResponse.js';
import type { ChunkLocation as _distrifs_v1_ChunkLocation, ChunkLocation__Output as _distrifs_v1_ChunkLocation__Output } from './distrifs/v1/ChunkLocation.js';
import type { CloseSessionRequest as _distrifs_v1_CloseSessionRequest, CloseSessionRequest__Output as _distrifs_v1_CloseSessionRequest__Output } from './distrifs/v1/CloseSessionRequest.js';
import type { CloseSessionResponse as _distrifs_v1_CloseSessionResponse, CloseSessionResponse__Output as _distrifs_v1_CloseSessionResponse__Output } from './distrifs/v1/CloseSessionResponse.js';
import type { CommitVersionRequest as _distrifs_v1_CommitVersionRequest, CommitVersionRequest__Output as _distrifs_v1_CommitVersionRequest__Output } from './distrifs/v1/CommitVersionRequest.js';
import type { CommitVersionResponse as _distrifs_v1_CommitVersionResponse, CommitVersionResponse__Output as _distrifs_v1_CommitVersionResponse__Output } from './distrifs/v1/CommitVersionResponse.js';
import type { CompleteFileRequest as _distrifs_v1_CompleteFileRequest, CompleteFileRequest__Output as _distrifs_v1_CompleteFileRequest__Output } from './distrifs/v1/CompleteFileRequest.js';
import type { CompleteFileResponse as _distrifs_v1_CompleteFileResponse, CompleteFileResponse__Output as _distrifs_v1_CompleteFileResponse__Output } from './distrifs/v1/CompleteFileResponse.js';
import type { CreateFileRequest as _distrifs_v1_CreateFileRequest, CreateFileRequest__Output as _distrifs_v1_CreateFileRequest__Output } from './distrifs/v1/CreateFileRequest.js';
import type { CreateFileResponse as _distrifs_v1_CreateFileResponse, CreateFileResponse__Output as _distrifs_v1_CreateFileResponse__Output } from './distrifs/v1/CreateFileResponse.js';
import type { DeleteRequest as _distrifs_v1_DeleteRequest, DeleteRequest__Output as _distrifs_v1_DeleteRequest__Output } from './distrifs/v1/DeleteRequest.js';
import type { DeleteResponse as _distrifs_v1_DeleteResponse, DeleteResponse__Output as _distrifs_v1_DeleteResponse__Output } from './distrifs/v1/DeleteResponse.js';
import type { DiskStatus as _distrifs_v1_DiskStatus, DiskStatus__Output as _distrifs_v1_DiskStatus__Output } from './distrifs/v1/DiskStatus.js';
import type { ErrorDetail as _distrifs_v1_ErrorDetail, ErrorDetail__Output as _distrifs_v1_ErrorDetail__Output } from './distrifs/v1/ErrorDetail.js';
import type { FileInfo as _distrifs_v1_FileInfo, FileInfo__Output as _distrifs_v1_FileInfo__Output } from './distrifs/v1/FileInfo.js';
import type { FirstChunk as _distrifs_v1_FirstChunk, FirstChunk__Output as _distrifs_v1_FirstChunk__Output } from './distrifs/v1/FirstChunk.js';
import type { GetChunkLocationRequest as _distrifs_v1_GetChunkLocationRequest, GetChunkLocationRequest__Output as _distrifs_v1_GetChunkLocationRequest__Output } from './distrifs/v1/GetChunkLocationRequest.js';
import type { GetChunkLocationResponse as _distrifs_v1_GetChunkLocationResponse, GetChunkLocationResponse__Output as _distrifs_v1_GetChunkLocationResponse__Output } from './distrifs/v1/GetChunkLocationResponse.js';
import type { GetFileInfoRequest as _distrifs_v1_GetFileInfoRequest, GetFileInfoRequest__Output as _distrifs_v1_GetFileInfoRequest__Output } from './distrifs/v1/GetFileInfoRequest.js';
import type { GetFileInfoResponse as _distrifs_v1_GetFileInfoResponse, GetFileInfoResponse__Output as _distrifs_v1_GetFileInfoResponse__Output } from './distrifs/v1/GetFileInfoResponse.js';
import type { ListDirectoryRequest as _distrifs_v1_ListDirectoryRequest, ListDirectoryRequest__Output as _distrifs_v1_ListDirectoryRequest__Output } from './distrifs/v1/ListDirectoryRequest.js';
import type { ListDirectoryResponse as _distrifs_v1_ListDirectoryResponse, ListDirectoryResponse__Output as _distrifs_v1_ListDirectoryResponse__Output } from './distrifs/v1/ListDirectoryResponse.js';
import type { MakeDirectoryRequest as _distrifs_v1_MakeDirectoryRequest, MakeDirectoryRequest__Output as _distrifs_v1_MakeDirectoryRequest__Output } from './distrifs/v1/MakeDirectoryRequest.js';
import type { MakeDirectoryResponse as _distrifs_v1_MakeDirectoryResponse, MakeDirectoryResponse__Output as _distrifs_v1_MakeDirectoryResponse__Output } from './distrifs/v1/MakeDirectoryResponse.js';
import type { MutationHeader as _distrifs_v1_MutationHeader, MutationHeader__Output as _distrifs_v1_MutationHeader__Output } from './distrifs/v1/MutationHeader.js';
import type { NamespaceServiceClient as _distrifs_v1_NamespaceServiceClient, NamespaceServiceDefinition as _distrifs_v1_NamespaceServiceDefinition } from './distrifs/v1/NamespaceService.js';
import type { NodeAddress as _distrifs_v1_NodeAddress, NodeAddress__Output as _distrifs_v1_NodeAddress__Output } from './distrifs/v1/NodeAddress.js';
import type { NodeStats as _distrifs_v1_NodeStats, NodeStats__Output as _distrifs_v1_NodeStats__Output } from './distrifs/v1/NodeStats.js';
import type { OpenSessionRequest as _distrifs_v1_OpenSessionRequest, OpenSessionRequest__Output as _distrifs_v1_OpenSessionRequest__Output } from './distrifs/v1/OpenSessionRequest.js';
import type { OpenSessionResponse as _distrifs_v1_OpenSessionResponse, OpenSessionResponse__Output as _distrifs_v1_OpenSessionResponse__Output } from './distrifs/v1/OpenSessionResponse.js';
import type { RenameRequest as _distrifs_v1_RenameRequest, RenameRequest__Output as _distrifs_v1_RenameRequest__Output } from './distrifs/v1/RenameRequest.js';
import type { RenameResponse as _distrifs_v1_RenameResponse, RenameResponse__Output as _distrifs_v1_RenameResponse__Output } from './distrifs/v1/RenameResponse.js';
import type { RenewSessionRequest as _distrifs_v1_RenewSessionRequest, RenewSessionRequest__Output as _distrifs_v1_RenewSessionRequest__Output } from './distrifs/v1/RenewSessionRequest.js';
import type { RenewSessionResponse as _distrifs_v1_RenewSessionResponse, RenewSessionResponse__Output as _distrifs_v1_RenewSessionResponse__Output } from './distrifs/v1/RenewSessionResponse.js';
import type { ReportBadReplicaRequest as _distrifs_v1_ReportBadReplicaRequest, ReportBadReplicaRequest__Output as _distrifs_v1_ReportBadReplicaRequest__Output } from './distrifs/v1/ReportBadReplicaRequest.js';
import type { ReportBadReplicaResponse as _distrifs_v1_ReportBadReplicaResponse, ReportBadReplicaResponse__Output as _distrifs_v1_ReportBadReplicaResponse__Output } from './distrifs/v1/ReportBadReplicaResponse.js';
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
      AssignChunkRequest: MessageTypeDefinition<_distrifs_v1_AssignChunkRequest, _distrifs_v1_AssignChunkRequest__Output>
      AssignChunkResponse: MessageTypeDefinition<_distrifs_v1_AssignChunkResponse, _distrifs_v1_AssignChunkResponse__Output>
      ChunkLocation: MessageTypeDefinition<_distrifs_v1_ChunkLocation, _distrifs_v1_ChunkLocation__Output>
      CloseSessionRequest: MessageTypeDefinition<_distrifs_v1_CloseSessionRequest, _distrifs_v1_CloseSessionRequest__Output>
      CloseSessionResponse: MessageTypeDefinition<_distrifs_v1_CloseSessionResponse, _distrifs_v1_CloseSessionResponse__Output>
      CommitVersionRequest: MessageTypeDefinition<_distrifs_v1_CommitVersionRequest, _distrifs_v1_CommitVersionRequest__Output>
      CommitVersionResponse: MessageTypeDefinition<_distrifs_v1_CommitVersionResponse, _distrifs_v1_CommitVersionResponse__Output>
      CompleteFileRequest: MessageTypeDefinition<_distrifs_v1_CompleteFileRequest, _distrifs_v1_CompleteFileRequest__Output>
      CompleteFileResponse: MessageTypeDefinition<_distrifs_v1_CompleteFileResponse, _distrifs_v1_CompleteFileResponse__Output>
      CreateFileRequest: MessageTypeDefinition<_distrifs_v1_CreateFileRequest, _distrifs_v1_CreateFileRequest__Output>
      CreateFileResponse: MessageTypeDefinition<_distrifs_v1_CreateFileResponse, _distrifs_v1_CreateFileResponse__Output>
      DeleteRequest: MessageTypeDefinition<_distrifs_v1_DeleteRequest, _distrifs_v1_DeleteRequest__Output>
      DeleteResponse: MessageTypeDefinition<_distrifs_v1_DeleteResponse, _distrifs_v1_DeleteResponse__Output>
      DiskState: EnumTypeDefinition
      DiskStatus: MessageTypeDefinition<_distrifs_v1_DiskStatus, _distrifs_v1_DiskStatus__Output>
      ErrorDetail: MessageTypeDefinition<_distrifs_v1_ErrorDetail, _distrifs_v1_ErrorDetail__Output>
      FileInfo: MessageTypeDefinition<_distrifs_v1_FileInfo, _distrifs_v1_FileInfo__Output>
      FileKind: EnumTypeDefinition
      FirstChunk: MessageTypeDefinition<_distrifs_v1_FirstChunk, _distrifs_v1_FirstChunk__Output>
      GetChunkLocationRequest: MessageTypeDefinition<_distrifs_v1_GetChunkLocationRequest, _distrifs_v1_GetChunkLocationRequest__Output>
      GetChunkLocationResponse: MessageTypeDefinition<_distrifs_v1_GetChunkLocationResponse, _distrifs_v1_GetChunkLocationResponse__Output>
      GetFileInfoRequest: MessageTypeDefinition<_distrifs_v1_GetFileInfoRequest, _distrifs_v1_GetFileInfoRequest__Output>
      GetFileInfoResponse: MessageTypeDefinition<_distrifs_v1_GetFileInfoResponse, _distrifs_v1_GetFileInfoResponse__Output>
      ListDirectoryRequest: MessageTypeDefinition<_distrifs_v1_ListDirectoryRequest, _distrifs_v1_ListDirectoryRequest__Output>
      ListDirectoryResponse: MessageTypeDefinition<_distrifs_v1_ListDirectoryResponse, _distrifs_v1_ListDirectoryResponse__Output>
      MakeDirectoryRequest: MessageTypeDefinition<_distrifs_v1_MakeDirectoryRequest, _distrifs_v1_MakeDirectoryRequest__Output>
      MakeDirectoryResponse: MessageTypeDefinition<_distrifs_v1_MakeDirectoryResponse, _distrifs_v1_MakeDirectoryResponse__Output>
      MutationHeader: MessageTypeDefinition<_distrifs_v1_MutationHeader, _distrifs_v1_MutationHeader__Output>
      NamespaceService: SubtypeConstructor<typeof grpc.Client, _distrifs_v1_NamespaceServiceClient> & { service: _distrifs_v1_NamespaceServiceDefinition }
      NodeAddress: MessageTypeDefinition<_distrifs_v1_NodeAddress, _distrifs_v1_NodeAddress__Output>
      NodeStats: MessageTypeDefinition<_distrifs_v1_NodeStats, _distrifs_v1_NodeStats__Output>
      OpenSessionRequest: MessageTypeDefinition<_distrifs_v1_OpenSessionRequest, _distrifs_v1_OpenSessionRequest__Output>
      OpenSessionResponse: MessageTypeDefinition<_distrifs_v1_OpenSessionResponse, _distrifs_v1_OpenSessionResponse__Output>
      RenameRequest: MessageTypeDefinition<_distrifs_v1_RenameRequest, _distrifs_v1_RenameRequest__Output>
      RenameResponse: MessageTypeDefinition<_distrifs_v1_RenameResponse, _distrifs_v1_RenameResponse__Output>
      RenewSessionRequest: MessageTypeDefinition<_distrifs_v1_RenewSessionRequest, _distrifs_v1_RenewSessionRequest__Output>
      RenewSessionResponse: MessageTypeDefinition<_distrifs_v1_RenewSessionResponse, _distrifs_v1_RenewSessionResponse__Output>
      ReportBadReplicaRequest: MessageTypeDefinition<_distrifs_v1_ReportBadReplicaRequest, _distrifs_v1_ReportBadReplicaRequest__Output>
      ReportBadReplicaResponse: MessageTypeDefinition<_distrifs_v1_ReportBadReplicaResponse, _distrifs_v1_ReportBadReplicaResponse__Output>
      StreamTaken: MessageTypeDefinition<_distrifs_v1_StreamTaken, _distrifs_v1_StreamTaken__Output>
      WrittenChunk: MessageTypeDefinition<_distrifs_v1_WrittenChunk, _distrifs_v1_WrittenChunk__Output>
    }
  }
}

