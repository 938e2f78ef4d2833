import type * as grpc from '@grpc/grpc-js';
import type { EnumTypeDefinition, MessageTypeDefinition } from '@grpc/proto-loader';

import type { ChunkLocation as _distrifs_v1_ChunkLocation, ChunkLocation__Output as _distrifs_v1_ChunkLocation__Output } from './distrifs/v1/ChunkLocation.js';
import type { ChunkStatus as _distrifs_v1_ChunkStatus, ChunkStatus__Output as _distrifs_v1_ChunkStatus__Output } from './distrifs/v1/ChunkStatus.js';
import type { ChunkTotals as _distrifs_v1_ChunkTotals, ChunkTotals__Output as _distrifs_v1_ChunkTotals__Output } from './distrifs/v1/ChunkTotals.js';
import type { ClusterServiceClient as _distrifs_v1_ClusterServiceClient, ClusterServiceDefinition as _distrifs_v1_ClusterServiceDefinition } from './distrifs/v1/ClusterService.js';
import type { DataNodeStatus as _distrifs_v1_DataNodeStatus, DataNodeStatus__Output as _distrifs_v1_DataNodeStatus__Output } from './distrifs/v1/DataNodeStatus.js';
import type { DiskStatus as _distrifs_v1_DiskStatus, DiskStatus__Output as _distrifs_v1_DiskStatus__Output } from './distrifs/v1/DiskStatus.js';
import type { ErrorDetail as _distrifs_v1_ErrorDetail, ErrorDetail__Output as _distrifs_v1_ErrorDetail__Output } from './distrifs/v1/ErrorDetail.js';
import type { FileInfo as _distrifs_v1_FileInfo, FileInfo__Output as _distrifs_v1_FileInfo__Output } from './distrifs/v1/FileInfo.js';
import type { GetClusterStatusRequest as _distrifs_v1_GetClusterStatusRequest, GetClusterStatusRequest__Output as _distrifs_v1_GetClusterStatusRequest__Output } from './distrifs/v1/GetClusterStatusRequest.js';
import type { GetClusterStatusResponse as _distrifs_v1_GetClusterStatusResponse, GetClusterStatusResponse__Output as _distrifs_v1_GetClusterStatusResponse__Output } from './distrifs/v1/GetClusterStatusResponse.js';
import type { ListChunksRequest as _distrifs_v1_ListChunksRequest, ListChunksRequest__Output as _distrifs_v1_ListChunksRequest__Output } from './distrifs/v1/ListChunksRequest.js';
import type { ListChunksResponse as _distrifs_v1_ListChunksResponse, ListChunksResponse__Output as _distrifs_v1_ListChunksResponse__Output } from './distrifs/v1/ListChunksResponse.js';
import type { MutationHeader as _distrifs_v1_MutationHeader, MutationHeader__Output as _distrifs_v1_MutationHeader__Output } from './distrifs/v1/MutationHeader.js';
import type { NodeAddress as _distrifs_v1_NodeAddress, NodeAddress__Output as _distrifs_v1_NodeAddress__Output } from './distrifs/v1/NodeAddress.js';
import type { NodeStats as _distrifs_v1_NodeStats, NodeStats__Output as _distrifs_v1_NodeStats__Output } from './distrifs/v1/NodeStats.js';
import type { RemoveDataNodeRequest as _distrifs_v1_RemoveDataNodeRequest, RemoveDataNodeRequest__Output as _distrifs_v1_RemoveDataNodeRequest__Output } from './distrifs/v1/RemoveDataNodeRequest.js';
import type { RemoveDataNodeResponse as _distrifs_v1_RemoveDataNodeResponse, RemoveDataNodeResponse__Output as _distrifs_v1_RemoveDataNodeResponse__Output } from './distrifs/v1/RemoveDataNodeResponse.js';
import type { StreamTaken as _distrifs_v1_StreamTaken, StreamTaken__Output as _distrifs_v1_StreamTaken__Output } from './distrifs/v1/StreamTaken.js';

type SubtypeConstructor<Constructor extends new (...args: any) => any, Subtype> = {
  new(...args: ConstructorParameters<Constructor>): Subtype;
};

export interface ProtoGrpcType {
  distrifs: {
    v1: {
      ChunkLocation: MessageTypeDefinition<_distrifs_v1_ChunkLocation, _distrifs_v1_ChunkLocation__Output>
      ChunkStatus: MessageTypeDefinition<_distrifs_v1_ChunkStatus, _distrifs_v1_ChunkStatus__Output>
      ChunkTotals: MessageTypeDefinition<_distrifs_v1_ChunkTotals, _distrifs_v1_ChunkTotals__Output>
      ClusterService: SubtypeConstructor<typeof grpc.Client, _distrifs_v1_ClusterServiceClient> & { service: _distrifs_v1_ClusterServiceDefinition }
      DataNodeStatus: MessageTypeDefinition<_distrifs_v1_DataNodeStatus, _distrifs_v1_DataNodeStatus__Output>
      DiskState: EnumTypeDefinition
      DiskStatus: MessageTypeDefinition<_distrifs_v1_DiskStatus, _distrifs_v1_DiskStatus__Output>
      ErrorDetail: MessageTypeDefinition<_distrifs_v1_ErrorDetail, _distrifs_v1_ErrorDetail__Output>
      FileInfo: MessageTypeDefinition<_distrifs_v1_FileInfo, _distrifs_v1_FileInfo__Output>
      FileKind: EnumTypeDefinition
      GetClusterStatusRequest: MessageTypeDefinition<_distrifs_v1_GetClusterStatusRequest, _distrifs_v1_GetClusterStatusRequest__Output>
      GetClusterStatusResponse: MessageTypeDefinition<_distrifs_v1_GetClusterStatusResponse, _distrifs_v1_GetClusterStatusResponse__Output>
      ListChunksRequest: MessageTypeDefinition<_distrifs_v1_ListChunksRequest, _distrifs_v1_ListChunksRequest__Output>
      ListChunksResponse: MessageTypeDefinition<_distrifs_v1_ListChunksResponse, _distrifs_v1_ListChunksResponse__Output>
      MutationHeader: MessageTypeDefinition<_distrifs_v1_MutationHeader, _distrifs_v1_MutationHeader__Output>
      NodeAddress: MessageTypeDefinition<_distrifs_v1_NodeAddress, _distrifs_v1_NodeAddress__Output>
      NodeState: EnumTypeDefinition
      NodeStats: MessageTypeDefinition<_distrifs_v1_NodeStats, _distrifs_v1_NodeStats__Output>
      RemoveDataNodeRequest: MessageTypeDefinition<_distrifs_v1_RemoveDataNodeRequest, _distrifs_v1_RemoveDataNodeRequest__Output>
      RemoveDataNodeResponse: MessageTypeDefinition<_distrifs_v1_RemoveDataNodeResponse, _distrifs_v1_RemoveDataNodeResponse__Output>
      StreamTaken: MessageTypeDefinition<_distrifs_v1_StreamTaken, _distrifs_v1_StreamTaken__Output>
    }
  }
}

