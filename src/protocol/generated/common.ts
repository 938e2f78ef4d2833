import type * as grpc from '@grpc/grpc-js';
import type { EnumTypeDefinition, MessageTypeDefinition } from '@grpc/proto-loader';

import type { ChunkLocation as _distrifs_v1_ChunkLocation, ChunkLocation__Output as _distrifs_v1_ChunkLocation__Output } from './distrifs/v1/ChunkLocation.js';
import type { DiskStatus as _distrifs_v1_DiskStatus, DiskStatus__Output as _distrifs_v1_DiskStatus__Output } from './distrifs/v1/DiskStatus.js';
import type { ErrorDetail as _distrifs_v1_ErrorDetail, ErrorDetail__Output as _distrifs_v1_ErrorDetail__Output } from './distrifs/v1/ErrorDetail.js';
import type { FileInfo as _distrifs_v1_FileInfo, FileInfo__Output as _distrifs_v1_FileInfo__Output } from './distrifs/v1/FileInfo.js';
import type { MutationHeader as _distrifs_v1_MutationHeader, MutationHeader__Output as _distrifs_v1_MutationHeader__Output } from './distrifs/v1/MutationHeader.js';
import type { NodeAddress as _distrifs_v1_NodeAddress, NodeAddress__Output as _distrifs_v1_NodeAddress__Output } from './distrifs/v1/NodeAddress.js';
import type { NodeStats as _distrifs_v1_NodeStats, NodeStats__Output as _distrifs_v1_NodeStats__Output } from './distrifs/v1/NodeStats.js';
import type { StreamTaken as _distrifs_v1_StreamTaken, StreamTaken__Output as _distrifs_v1_StreamTaken__Output } from './distrifs/v1/StreamTaken.js';

type SubtypeConstructor<Constructor extends new (...args: any) => any, Subtype> = {
  new(...args: ConstructorParameters<Constructor>): Subtype;
};

export interface ProtoGrpcType {
  distrifs: {
    v1: {
      ChunkLocation: MessageTypeDefinition<_distrifs_v1_ChunkLocation, _distrifs_v1_ChunkLocation__Output>
      DiskState: EnumTypeDefinition
      DiskStatus: MessageTypeDefinition<_distrifs_v1_DiskStatus, _distrifs_v1_DiskStatus__Output>
      ErrorDetail: MessageTypeDefinition<_distrifs_v1_ErrorDetail, _distrifs_v1_ErrorDetail__Output>
      FileInfo: MessageTypeDefinition<_distrifs_v1_FileInfo, _distrifs_v1_FileInfo__Output>
      FileKind: EnumTypeDefinition
      MutationHeader: MessageTypeDefinition<_distrifs_v1_MutationHeader, _distrifs_v1_MutationHeader__Output>
      NodeAddress: MessageTypeDefinition<_distrifs_v1_NodeAddress, _distrifs_v1_NodeAddress__Output>
      NodeStats: MessageTypeDefinition<_distrifs_v1_NodeStats, _distrifs_v1_NodeStats__Output>
      StreamTaken: MessageTypeDefinition<_distrifs_v1_StreamTaken, _distrifs_v1_StreamTaken__Output>
    }
  }
}

