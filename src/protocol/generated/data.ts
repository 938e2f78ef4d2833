import type * as grpc from '@grpc/grpc-js';
import type { EnumTypeDefinition, MessageTypeDefinition } from '@grpc/proto-loader';

import type { ChecksumAnswer as _distrifs_v1_ChecksumAnswer, ChecksumAnswer__Output as _distrifs_v1_ChecksumAnswer__Output } from './distrifs/v1/ChecksumAnswer.js';
import type { ChecksumOpen as _distrifs_v1_ChecksumOpen, ChecksumOpen__Output as _distrifs_v1_ChecksumOpen__Output } from './distrifs/v1/ChecksumOpen.js';
import type { ChunkLocation as _distrifs_v1_ChunkLocation, ChunkLocation__Output as _distrifs_v1_ChunkLocation__Output } from './distrifs/v1/ChunkLocation.js';
import type { DiskStatus as _distrifs_v1_DiskStatus, DiskStatus__Output as _distrifs_v1_DiskStatus__Output } from './distrifs/v1/DiskStatus.js';
import type { ErrorDetail as _distrifs_v1_ErrorDetail, ErrorDetail__Output as _distrifs_v1_ErrorDetail__Output } from './distrifs/v1/ErrorDetail.js';
import type { ErrorReport as _distrifs_v1_ErrorReport, ErrorReport__Output as _distrifs_v1_ErrorReport__Output } from './distrifs/v1/ErrorReport.js';
import type { FileInfo as _distrifs_v1_FileInfo, FileInfo__Output as _distrifs_v1_FileInfo__Output } from './distrifs/v1/FileInfo.js';
import type { MutationHeader as _distrifs_v1_MutationHeader, MutationHeader__Output as _distrifs_v1_MutationHeader__Output } from './distrifs/v1/MutationHeader.js';
import type { NodeAddress as _distrifs_v1_NodeAddress, NodeAddress__Output as _distrifs_v1_NodeAddress__Output } from './distrifs/v1/NodeAddress.js';
import type { NodeStats as _distrifs_v1_NodeStats, NodeStats__Output as _distrifs_v1_NodeStats__Output } from './distrifs/v1/NodeStats.js';
import type { QuarantineAnswer as _distrifs_v1_QuarantineAnswer, QuarantineAnswer__Output as _distrifs_v1_QuarantineAnswer__Output } from './distrifs/v1/QuarantineAnswer.js';
import type { QuarantineItem as _distrifs_v1_QuarantineItem, QuarantineItem__Output as _distrifs_v1_QuarantineItem__Output } from './distrifs/v1/QuarantineItem.js';
import type { QuarantineOpen as _distrifs_v1_QuarantineOpen, QuarantineOpen__Output as _distrifs_v1_QuarantineOpen__Output } from './distrifs/v1/QuarantineOpen.js';
import type { ReadHeader as _distrifs_v1_ReadHeader, ReadHeader__Output as _distrifs_v1_ReadHeader__Output } from './distrifs/v1/ReadHeader.js';
import type { ReadOpen as _distrifs_v1_ReadOpen, ReadOpen__Output as _distrifs_v1_ReadOpen__Output } from './distrifs/v1/ReadOpen.js';
import type { StreamTaken as _distrifs_v1_StreamTaken, StreamTaken__Output as _distrifs_v1_StreamTaken__Output } from './distrifs/v1/StreamTaken.js';
import type { WriteAck as _distrifs_v1_WriteAck, WriteAck__Output as _distrifs_v1_WriteAck__Output } from './distrifs/v1/WriteAck.js';
import type { WriteCommitted as _distrifs_v1_WriteCommitted, WriteCommitted__Output as _distrifs_v1_WriteCommitted__Output } from './distrifs/v1/WriteCommitted.js';
import type { WriteOpen as _distrifs_v1_WriteOpen, WriteOpen__Output as _distrifs_v1_WriteOpen__Output } from './distrifs/v1/WriteOpen.js';
import type { WriteReady as _distrifs_v1_WriteReady, WriteReady__Output as _distrifs_v1_WriteReady__Output } from './distrifs/v1/WriteReady.js';

type SubtypeConstructor<Constructor extends new (...args: any) => any, Subtype> = {
  new(...args: ConstructorParameters<Constructor>): Subtype;
};

export interface ProtoGrpcType {
  distrifs: {
    v1: {
      ChecksumAnswer: MessageTypeDefinition<_distrifs_v1_ChecksumAnswer, _distrifs_v1_ChecksumAnswer__Output>
      ChecksumOpen: MessageTypeDefinition<_distrifs_v1_ChecksumOpen, _distrifs_v1_ChecksumOpen__Output>
      ChunkLocation: MessageTypeDefinition<_distrifs_v1_ChunkLocation, _distrifs_v1_ChunkLocation__Output>
      DiskState: EnumTypeDefinition
      DiskStatus: MessageTypeDefinition<_distrifs_v1_DiskStatus, _distrifs_v1_DiskStatus__Output>
      ErrorDetail: MessageTypeDefinition<_distrifs_v1_ErrorDetail, _distrifs_v1_ErrorDetail__Output>
      ErrorReport: MessageTypeDefinition<_distrifs_v1_ErrorReport, _distrifs_v1_ErrorReport__Output>
      FileInfo: MessageTypeDefinition<_distrifs_v1_FileInfo, _distrifs_v1_FileInfo__Output>
      FileKind: EnumTypeDefinition
      MutationHeader: MessageTypeDefinition<_distrifs_v1_MutationHeader, _distrifs_v1_MutationHeader__Output>
      NodeAddress: MessageTypeDefinition<_distrifs_v1_NodeAddress, _distrifs_v1_NodeAddress__Output>
      NodeStats: MessageTypeDefinition<_distrifs_v1_NodeStats, _distrifs_v1_NodeStats__Output>
      QuarantineAction: EnumTypeDefinition
      QuarantineAnswer: MessageTypeDefinition<_distrifs_v1_QuarantineAnswer, _distrifs_v1_QuarantineAnswer__Output>
      QuarantineFinding: EnumTypeDefinition
      QuarantineItem: MessageTypeDefinition<_distrifs_v1_QuarantineItem, _distrifs_v1_QuarantineItem__Output>
      QuarantineOpen: MessageTypeDefinition<_distrifs_v1_QuarantineOpen, _distrifs_v1_QuarantineOpen__Output>
      ReadHeader: MessageTypeDefinition<_distrifs_v1_ReadHeader, _distrifs_v1_ReadHeader__Output>
      ReadOpen: MessageTypeDefinition<_distrifs_v1_ReadOpen, _distrifs_v1_ReadOpen__Output>
      StreamTaken: MessageTypeDefinition<_distrifs_v1_StreamTaken, _distrifs_v1_StreamTaken__Output>
      WriteAck: MessageTypeDefinition<_distrifs_v1_WriteAck, _distrifs_v1_WriteAck__Output>
      WriteCommitted: MessageTypeDefinition<_distrifs_v1_WriteCommitted, _distrifs_v1_WriteCommitted__Output>
      WriteOpen: MessageTypeDefinition<_distrifs_v1_WriteOpen, _distrifs_v1_WriteOpen__Output>
      WritePurpose: EnumTypeDefinition
      WriteReady: MessageTypeDefinition<_distrifs_v1_WriteReady, _distrifs_v1_WriteReady__Output>
    }
  }
}

