import type * as grpc from '@grpc/grpc-js';
import type { EnumTypeDefinition, MessageTypeDefinition } from '@grpc/proto-loader';

import type { ChunkLocation as _distrifs_v1_ChunkLocation, ChunkLocation__Output as _distrifs_v1_ChunkLocation__Output } from './distrifs/v1/ChunkLocation.js';
import type { DiskStatus as _distrifs_v1_DiskStatus, DiskStatus__Output as _distrifs_v1_DiskStatus__Output } from './distrifs/v1/DiskStatus.js';
import type { ErrorDetail as _distrifs_v1_ErrorDetail, ErrorDetail__Output as _distrifs_v1_ErrorDetail__Output } from './distrifs/v1/ErrorDetail.js';
import type { FileInfo as _distrifs_v1_FileInfo, FileInfo__Output as _distrifs_v1_FileInfo__Output } from './distrifs/v1/FileInfo.js';
import type { GreetRequest as _distrifs_v1_GreetRequest, GreetRequest__Output as _distrifs_v1_GreetRequest__Output } from './distrifs/v1/GreetRequest.js';
import type { GreetResponse as _distrifs_v1_GreetResponse, GreetResponse__Output as _distrifs_v1_GreetResponse__Output } from './distrifs/v1/GreetResponse.js';
import type { InviteRequest as _distrifs_v1_InviteRequest, InviteRequest__Output as _distrifs_v1_InviteRequest__Output } from './distrifs/v1/InviteRequest.js';
import type { InviteResponse as _distrifs_v1_InviteResponse, InviteResponse__Output as _distrifs_v1_InviteResponse__Output } from './distrifs/v1/InviteResponse.js';
import type { MasterContact as _distrifs_v1_MasterContact, MasterContact__Output as _distrifs_v1_MasterContact__Output } from './distrifs/v1/MasterContact.js';
import type { MutationHeader as _distrifs_v1_MutationHeader, MutationHeader__Output as _distrifs_v1_MutationHeader__Output } from './distrifs/v1/MutationHeader.js';
import type { NodeAddress as _distrifs_v1_NodeAddress, NodeAddress__Output as _distrifs_v1_NodeAddress__Output } from './distrifs/v1/NodeAddress.js';
import type { NodeStats as _distrifs_v1_NodeStats, NodeStats__Output as _distrifs_v1_NodeStats__Output } from './distrifs/v1/NodeStats.js';
import type { RaftAddress as _distrifs_v1_RaftAddress, RaftAddress__Output as _distrifs_v1_RaftAddress__Output } from './distrifs/v1/RaftAddress.js';
import type { RaftAppend as _distrifs_v1_RaftAppend, RaftAppend__Output as _distrifs_v1_RaftAppend__Output } from './distrifs/v1/RaftAppend.js';
import type { RaftAppendAccepted as _distrifs_v1_RaftAppendAccepted, RaftAppendAccepted__Output as _distrifs_v1_RaftAppendAccepted__Output } from './distrifs/v1/RaftAppendAccepted.js';
import type { RaftAppendRejected as _distrifs_v1_RaftAppendRejected, RaftAppendRejected__Output as _distrifs_v1_RaftAppendRejected__Output } from './distrifs/v1/RaftAppendRejected.js';
import type { RaftBatch as _distrifs_v1_RaftBatch, RaftBatch__Output as _distrifs_v1_RaftBatch__Output } from './distrifs/v1/RaftBatch.js';
import type { RaftBatchTaken as _distrifs_v1_RaftBatchTaken, RaftBatchTaken__Output as _distrifs_v1_RaftBatchTaken__Output } from './distrifs/v1/RaftBatchTaken.js';
import type { RaftEntry as _distrifs_v1_RaftEntry, RaftEntry__Output as _distrifs_v1_RaftEntry__Output } from './distrifs/v1/RaftEntry.js';
import type { RaftEntryId as _distrifs_v1_RaftEntryId, RaftEntryId__Output as _distrifs_v1_RaftEntryId__Output } from './distrifs/v1/RaftEntryId.js';
import type { RaftHardState as _distrifs_v1_RaftHardState, RaftHardState__Output as _distrifs_v1_RaftHardState__Output } from './distrifs/v1/RaftHardState.js';
import type { RaftHeartbeat as _distrifs_v1_RaftHeartbeat, RaftHeartbeat__Output as _distrifs_v1_RaftHeartbeat__Output } from './distrifs/v1/RaftHeartbeat.js';
import type { RaftHeartbeatReply as _distrifs_v1_RaftHeartbeatReply, RaftHeartbeatReply__Output as _distrifs_v1_RaftHeartbeatReply__Output } from './distrifs/v1/RaftHeartbeatReply.js';
import type { RaftMember as _distrifs_v1_RaftMember, RaftMember__Output as _distrifs_v1_RaftMember__Output } from './distrifs/v1/RaftMember.js';
import type { RaftMembers as _distrifs_v1_RaftMembers, RaftMembers__Output as _distrifs_v1_RaftMembers__Output } from './distrifs/v1/RaftMembers.js';
import type { RaftMessage as _distrifs_v1_RaftMessage, RaftMessage__Output as _distrifs_v1_RaftMessage__Output } from './distrifs/v1/RaftMessage.js';
import type { RaftPiece as _distrifs_v1_RaftPiece, RaftPiece__Output as _distrifs_v1_RaftPiece__Output } from './distrifs/v1/RaftPiece.js';
import type { RaftRecovery as _distrifs_v1_RaftRecovery, RaftRecovery__Output as _distrifs_v1_RaftRecovery__Output } from './distrifs/v1/RaftRecovery.js';
import type { RaftServiceClient as _distrifs_v1_RaftServiceClient, RaftServiceDefinition as _distrifs_v1_RaftServiceDefinition } from './distrifs/v1/RaftService.js';
import type { RaftSnapshot as _distrifs_v1_RaftSnapshot, RaftSnapshot__Output as _distrifs_v1_RaftSnapshot__Output } from './distrifs/v1/RaftSnapshot.js';
import type { RaftSnapshotReply as _distrifs_v1_RaftSnapshotReply, RaftSnapshotReply__Output as _distrifs_v1_RaftSnapshotReply__Output } from './distrifs/v1/RaftSnapshotReply.js';
import type { RaftStreamServiceClient as _distrifs_v1_RaftStreamServiceClient, RaftStreamServiceDefinition as _distrifs_v1_RaftStreamServiceDefinition } from './distrifs/v1/RaftStreamService.js';
import type { RaftTimeoutNow as _distrifs_v1_RaftTimeoutNow, RaftTimeoutNow__Output as _distrifs_v1_RaftTimeoutNow__Output } from './distrifs/v1/RaftTimeoutNow.js';
import type { RaftVote as _distrifs_v1_RaftVote, RaftVote__Output as _distrifs_v1_RaftVote__Output } from './distrifs/v1/RaftVote.js';
import type { RaftVoteReply as _distrifs_v1_RaftVoteReply, RaftVoteReply__Output as _distrifs_v1_RaftVoteReply__Output } from './distrifs/v1/RaftVoteReply.js';
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
      GreetRequest: MessageTypeDefinition<_distrifs_v1_GreetRequest, _distrifs_v1_GreetRequest__Output>
      GreetResponse: MessageTypeDefinition<_distrifs_v1_GreetResponse, _distrifs_v1_GreetResponse__Output>
      InviteRequest: MessageTypeDefinition<_distrifs_v1_InviteRequest, _distrifs_v1_InviteRequest__Output>
      InviteResponse: MessageTypeDefinition<_distrifs_v1_InviteResponse, _distrifs_v1_InviteResponse__Output>
      MasterContact: MessageTypeDefinition<_distrifs_v1_MasterContact, _distrifs_v1_MasterContact__Output>
      MutationHeader: MessageTypeDefinition<_distrifs_v1_MutationHeader, _distrifs_v1_MutationHeader__Output>
      NodeAddress: MessageTypeDefinition<_distrifs_v1_NodeAddress, _distrifs_v1_NodeAddress__Output>
      NodeStats: MessageTypeDefinition<_distrifs_v1_NodeStats, _distrifs_v1_NodeStats__Output>
      RaftAddress: MessageTypeDefinition<_distrifs_v1_RaftAddress, _distrifs_v1_RaftAddress__Output>
      RaftAppend: MessageTypeDefinition<_distrifs_v1_RaftAppend, _distrifs_v1_RaftAppend__Output>
      RaftAppendAccepted: MessageTypeDefinition<_distrifs_v1_RaftAppendAccepted, _distrifs_v1_RaftAppendAccepted__Output>
      RaftAppendRejected: MessageTypeDefinition<_distrifs_v1_RaftAppendRejected, _distrifs_v1_RaftAppendRejected__Output>
      RaftBatch: MessageTypeDefinition<_distrifs_v1_RaftBatch, _distrifs_v1_RaftBatch__Output>
      RaftBatchTaken: MessageTypeDefinition<_distrifs_v1_RaftBatchTaken, _distrifs_v1_RaftBatchTaken__Output>
      RaftEntry: MessageTypeDefinition<_distrifs_v1_RaftEntry, _distrifs_v1_RaftEntry__Output>
      RaftEntryId: MessageTypeDefinition<_distrifs_v1_RaftEntryId, _distrifs_v1_RaftEntryId__Output>
      RaftHardState: MessageTypeDefinition<_distrifs_v1_RaftHardState, _distrifs_v1_RaftHardState__Output>
      RaftHeartbeat: MessageTypeDefinition<_distrifs_v1_RaftHeartbeat, _distrifs_v1_RaftHeartbeat__Output>
      RaftHeartbeatReply: MessageTypeDefinition<_distrifs_v1_RaftHeartbeatReply, _distrifs_v1_RaftHeartbeatReply__Output>
      RaftMember: MessageTypeDefinition<_distrifs_v1_RaftMember, _distrifs_v1_RaftMember__Output>
      RaftMembers: MessageTypeDefinition<_distrifs_v1_RaftMembers, _distrifs_v1_RaftMembers__Output>
      RaftMessage: MessageTypeDefinition<_distrifs_v1_RaftMessage, _distrifs_v1_RaftMessage__Output>
      RaftPiece: MessageTypeDefinition<_distrifs_v1_RaftPiece, _distrifs_v1_RaftPiece__Output>
      RaftRecovery: MessageTypeDefinition<_distrifs_v1_RaftRecovery, _distrifs_v1_RaftRecovery__Output>
      RaftService: SubtypeConstructor<typeof grpc.Client, _distrifs_v1_RaftServiceClient> & { service: _distrifs_v1_RaftServiceDefinition }
      RaftSnapshot: MessageTypeDefinition<_distrifs_v1_RaftSnapshot, _distrifs_v1_RaftSnapshot__Output>
      RaftSnapshotReply: MessageTypeDefinition<_distrifs_v1_RaftSnapshotReply, _distrifs_v1_RaftSnapshotReply__Output>
      /**
       * Each method takes a stream of messages, in order.
       */
      RaftStreamService: SubtypeConstructor<typeof grpc.Client, _distrifs_v1_RaftStreamServiceClient> & { service: _distrifs_v1_RaftStreamServiceDefinition }
      RaftTimeoutNow: MessageTypeDefinition<_distrifs_v1_RaftTimeoutNow, _distrifs_v1_RaftTimeoutNow__Output>
      RaftVote: MessageTypeDefinition<_distrifs_v1_RaftVote, _distrifs_v1_RaftVote__Output>
      RaftVoteReply: MessageTypeDefinition<_distrifs_v1_RaftVoteReply, _distrifs_v1_RaftVoteReply__Output>
      StreamTaken: MessageTypeDefinition<_distrifs_v1_StreamTaken, _distrifs_v1_StreamTaken__Output>
    }
  }
}

