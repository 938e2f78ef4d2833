import type * as grpc from '@grpc/grpc-js';
import type { EnumTypeDefinition, MessageTypeDefinition } from '@grpc/proto-loader';

import type { BlockReportRequest as _distrifs_v1_BlockReportRequest, BlockReportRequest__Output as _distrifs_v1_BlockReportRequest__Output } from './distrifs/v1/BlockReportRequest.js';
import type { BlockReportResponse as _distrifs_v1_BlockReportResponse, BlockReportResponse__Output as _distrifs_v1_BlockReportResponse__Output } from './distrifs/v1/BlockReportResponse.js';
import type { CancelCommand as _distrifs_v1_CancelCommand, CancelCommand__Output as _distrifs_v1_CancelCommand__Output } from './distrifs/v1/CancelCommand.js';
import type { ChunkLocation as _distrifs_v1_ChunkLocation, ChunkLocation__Output as _distrifs_v1_ChunkLocation__Output } from './distrifs/v1/ChunkLocation.js';
import type { Command as _distrifs_v1_Command, Command__Output as _distrifs_v1_Command__Output } from './distrifs/v1/Command.js';
import type { CommandFailure as _distrifs_v1_CommandFailure, CommandFailure__Output as _distrifs_v1_CommandFailure__Output } from './distrifs/v1/CommandFailure.js';
import type { CopyProgress as _distrifs_v1_CopyProgress, CopyProgress__Output as _distrifs_v1_CopyProgress__Output } from './distrifs/v1/CopyProgress.js';
import type { DataNodeServiceClient as _distrifs_v1_DataNodeServiceClient, DataNodeServiceDefinition as _distrifs_v1_DataNodeServiceDefinition } from './distrifs/v1/DataNodeService.js';
import type { DeleteCommand as _distrifs_v1_DeleteCommand, DeleteCommand__Output as _distrifs_v1_DeleteCommand__Output } from './distrifs/v1/DeleteCommand.js';
import type { DiskStatus as _distrifs_v1_DiskStatus, DiskStatus__Output as _distrifs_v1_DiskStatus__Output } from './distrifs/v1/DiskStatus.js';
import type { ErrorDetail as _distrifs_v1_ErrorDetail, ErrorDetail__Output as _distrifs_v1_ErrorDetail__Output } from './distrifs/v1/ErrorDetail.js';
import type { FileInfo as _distrifs_v1_FileInfo, FileInfo__Output as _distrifs_v1_FileInfo__Output } from './distrifs/v1/FileInfo.js';
import type { HeartbeatRequest as _distrifs_v1_HeartbeatRequest, HeartbeatRequest__Output as _distrifs_v1_HeartbeatRequest__Output } from './distrifs/v1/HeartbeatRequest.js';
import type { HeartbeatResponse as _distrifs_v1_HeartbeatResponse, HeartbeatResponse__Output as _distrifs_v1_HeartbeatResponse__Output } from './distrifs/v1/HeartbeatResponse.js';
import type { MutationHeader as _distrifs_v1_MutationHeader, MutationHeader__Output as _distrifs_v1_MutationHeader__Output } from './distrifs/v1/MutationHeader.js';
import type { NodeAddress as _distrifs_v1_NodeAddress, NodeAddress__Output as _distrifs_v1_NodeAddress__Output } from './distrifs/v1/NodeAddress.js';
import type { NodeIdentity as _distrifs_v1_NodeIdentity, NodeIdentity__Output as _distrifs_v1_NodeIdentity__Output } from './distrifs/v1/NodeIdentity.js';
import type { NodeStats as _distrifs_v1_NodeStats, NodeStats__Output as _distrifs_v1_NodeStats__Output } from './distrifs/v1/NodeStats.js';
import type { PollCommandsRequest as _distrifs_v1_PollCommandsRequest, PollCommandsRequest__Output as _distrifs_v1_PollCommandsRequest__Output } from './distrifs/v1/PollCommandsRequest.js';
import type { PollCommandsResponse as _distrifs_v1_PollCommandsResponse, PollCommandsResponse__Output as _distrifs_v1_PollCommandsResponse__Output } from './distrifs/v1/PollCommandsResponse.js';
import type { RegisterDataNodeRequest as _distrifs_v1_RegisterDataNodeRequest, RegisterDataNodeRequest__Output as _distrifs_v1_RegisterDataNodeRequest__Output } from './distrifs/v1/RegisterDataNodeRequest.js';
import type { RegisterDataNodeResponse as _distrifs_v1_RegisterDataNodeResponse, RegisterDataNodeResponse__Output as _distrifs_v1_RegisterDataNodeResponse__Output } from './distrifs/v1/RegisterDataNodeResponse.js';
import type { Replica as _distrifs_v1_Replica, Replica__Output as _distrifs_v1_Replica__Output } from './distrifs/v1/Replica.js';
import type { ReplicateCommand as _distrifs_v1_ReplicateCommand, ReplicateCommand__Output as _distrifs_v1_ReplicateCommand__Output } from './distrifs/v1/ReplicateCommand.js';
import type { ReportReplicasRequest as _distrifs_v1_ReportReplicasRequest, ReportReplicasRequest__Output as _distrifs_v1_ReportReplicasRequest__Output } from './distrifs/v1/ReportReplicasRequest.js';
import type { ReportReplicasResponse as _distrifs_v1_ReportReplicasResponse, ReportReplicasResponse__Output as _distrifs_v1_ReportReplicasResponse__Output } from './distrifs/v1/ReportReplicasResponse.js';
import type { StreamTaken as _distrifs_v1_StreamTaken, StreamTaken__Output as _distrifs_v1_StreamTaken__Output } from './distrifs/v1/StreamTaken.js';

type SubtypeConstructor<Constructor extends new (...args: any) => any, Subtype> = {
  new(...args: ConstructorParameters<Constructor>): Subtype;
};

export interface ProtoGrpcType {
  distrifs: {
    v1: {
      BlockReportRequest: MessageTypeDefinition<_distrifs_v1_BlockReportRequest, _distrifs_v1_BlockReportRequest__Output>
      BlockReportResponse: MessageTypeDefinition<_distrifs_v1_BlockReportResponse, _distrifs_v1_BlockReportResponse__Output>
      CancelCommand: MessageTypeDefinition<_distrifs_v1_CancelCommand, _distrifs_v1_CancelCommand__Output>
      ChunkLocation: MessageTypeDefinition<_distrifs_v1_ChunkLocation, _distrifs_v1_ChunkLocation__Output>
      Command: MessageTypeDefinition<_distrifs_v1_Command, _distrifs_v1_Command__Output>
      CommandFailure: MessageTypeDefinition<_distrifs_v1_CommandFailure, _distrifs_v1_CommandFailure__Output>
      CopyProgress: MessageTypeDefinition<_distrifs_v1_CopyProgress, _distrifs_v1_CopyProgress__Output>
      DataNodeService: SubtypeConstructor<typeof grpc.Client, _distrifs_v1_DataNodeServiceClient> & { service: _distrifs_v1_DataNodeServiceDefinition }
      DeleteCommand: MessageTypeDefinition<_distrifs_v1_DeleteCommand, _distrifs_v1_DeleteCommand__Output>
      DiskState: EnumTypeDefinition
      DiskStatus: MessageTypeDefinition<_distrifs_v1_DiskStatus, _distrifs_v1_DiskStatus__Output>
      ErrorDetail: MessageTypeDefinition<_distrifs_v1_ErrorDetail, _distrifs_v1_ErrorDetail__Output>
      FileInfo: MessageTypeDefinition<_distrifs_v1_FileInfo, _distrifs_v1_FileInfo__Output>
      FileKind: EnumTypeDefinition
      HeartbeatRequest: MessageTypeDefinition<_distrifs_v1_HeartbeatRequest, _distrifs_v1_HeartbeatRequest__Output>
      HeartbeatResponse: MessageTypeDefinition<_distrifs_v1_HeartbeatResponse, _distrifs_v1_HeartbeatResponse__Output>
      MutationHeader: MessageTypeDefinition<_distrifs_v1_MutationHeader, _distrifs_v1_MutationHeader__Output>
      NodeAddress: MessageTypeDefinition<_distrifs_v1_NodeAddress, _distrifs_v1_NodeAddress__Output>
      NodeIdentity: MessageTypeDefinition<_distrifs_v1_NodeIdentity, _distrifs_v1_NodeIdentity__Output>
      NodeStats: MessageTypeDefinition<_distrifs_v1_NodeStats, _distrifs_v1_NodeStats__Output>
      PollCommandsRequest: MessageTypeDefinition<_distrifs_v1_PollCommandsRequest, _distrifs_v1_PollCommandsRequest__Output>
      PollCommandsResponse: MessageTypeDefinition<_distrifs_v1_PollCommandsResponse, _distrifs_v1_PollCommandsResponse__Output>
      RegisterDataNodeRequest: MessageTypeDefinition<_distrifs_v1_RegisterDataNodeRequest, _distrifs_v1_RegisterDataNodeRequest__Output>
      RegisterDataNodeResponse: MessageTypeDefinition<_distrifs_v1_RegisterDataNodeResponse, _distrifs_v1_RegisterDataNodeResponse__Output>
      Replica: MessageTypeDefinition<_distrifs_v1_Replica, _distrifs_v1_Replica__Output>
      ReplicaState: EnumTypeDefinition
      ReplicateCommand: MessageTypeDefinition<_distrifs_v1_ReplicateCommand, _distrifs_v1_ReplicateCommand__Output>
      ReportReplicasRequest: MessageTypeDefinition<_distrifs_v1_ReportReplicasRequest, _distrifs_v1_ReportReplicasRequest__Output>
      ReportReplicasResponse: MessageTypeDefinition<_distrifs_v1_ReportReplicasResponse, _distrifs_v1_ReportReplicasResponse__Output>
      StreamTaken: MessageTypeDefinition<_distrifs_v1_StreamTaken, _distrifs_v1_StreamTaken__Output>
    }
  }
}

