// Original file: proto/distrifs/v1/raft.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { GreetRequest as _distrifs_v1_GreetRequest, GreetRequest__Output as _distrifs_v1_GreetRequest__Output } from '../../distrifs/v1/GreetRequest.js';
import type { GreetResponse as _distrifs_v1_GreetResponse, GreetResponse__Output as _distrifs_v1_GreetResponse__Output } from '../../distrifs/v1/GreetResponse.js';
import type { InviteRequest as _distrifs_v1_InviteRequest, InviteRequest__Output as _distrifs_v1_InviteRequest__Output } from '../../distrifs/v1/InviteRequest.js';
import type { InviteResponse as _distrifs_v1_InviteResponse, InviteResponse__Output as _distrifs_v1_InviteResponse__Output } from '../../distrifs/v1/InviteResponse.js';
import type { RaftBatch as _distrifs_v1_RaftBatch, RaftBatch__Output as _distrifs_v1_RaftBatch__Output } from '../../distrifs/v1/RaftBatch.js';
import type { RaftBatchTaken as _distrifs_v1_RaftBatchTaken, RaftBatchTaken__Output as _distrifs_v1_RaftBatchTaken__Output } from '../../distrifs/v1/RaftBatchTaken.js';

export interface RaftServiceClient extends grpc.Client {
  /**
   * Two masters of a group exchange what each knows of where the masters are. Never changes the set of members.
   */
  Greet(argument: _distrifs_v1_GreetRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_distrifs_v1_GreetResponse__Output>): grpc.ClientUnaryCall;
  Greet(argument: _distrifs_v1_GreetRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_distrifs_v1_GreetResponse__Output>): grpc.ClientUnaryCall;
  Greet(argument: _distrifs_v1_GreetRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_distrifs_v1_GreetResponse__Output>): grpc.ClientUnaryCall;
  Greet(argument: _distrifs_v1_GreetRequest, callback: grpc.requestCallback<_distrifs_v1_GreetResponse__Output>): grpc.ClientUnaryCall;
  /**
   * Two masters of a group exchange what each knows of where the masters are. Never changes the set of members.
   */
  greet(argument: _distrifs_v1_GreetRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_distrifs_v1_GreetResponse__Output>): grpc.ClientUnaryCall;
  greet(argument: _distrifs_v1_GreetRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_distrifs_v1_GreetResponse__Output>): grpc.ClientUnaryCall;
  greet(argument: _distrifs_v1_GreetRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_distrifs_v1_GreetResponse__Output>): grpc.ClientUnaryCall;
  greet(argument: _distrifs_v1_GreetRequest, callback: grpc.requestCallback<_distrifs_v1_GreetResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * The leader assigns an identity to a master that waits in an empty folder. Accepted once; a repetition has no effect.
   */
  Invite(argument: _distrifs_v1_InviteRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_distrifs_v1_InviteResponse__Output>): grpc.ClientUnaryCall;
  Invite(argument: _distrifs_v1_InviteRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_distrifs_v1_InviteResponse__Output>): grpc.ClientUnaryCall;
  Invite(argument: _distrifs_v1_InviteRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_distrifs_v1_InviteResponse__Output>): grpc.ClientUnaryCall;
  Invite(argument: _distrifs_v1_InviteRequest, callback: grpc.requestCallback<_distrifs_v1_InviteResponse__Output>): grpc.ClientUnaryCall;
  /**
   * The leader assigns an identity to a master that waits in an empty folder. Accepted once; a repetition has no effect.
   */
  invite(argument: _distrifs_v1_InviteRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_distrifs_v1_InviteResponse__Output>): grpc.ClientUnaryCall;
  invite(argument: _distrifs_v1_InviteRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_distrifs_v1_InviteResponse__Output>): grpc.ClientUnaryCall;
  invite(argument: _distrifs_v1_InviteRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_distrifs_v1_InviteResponse__Output>): grpc.ClientUnaryCall;
  invite(argument: _distrifs_v1_InviteRequest, callback: grpc.requestCallback<_distrifs_v1_InviteResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * Delivers messages, in order. The reply only acknowledges their receipt: answers are separate messages. For masters of releases
   * without RaftStreamService.
   */
  Step(argument: _distrifs_v1_RaftBatch, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_distrifs_v1_RaftBatchTaken__Output>): grpc.ClientUnaryCall;
  Step(argument: _distrifs_v1_RaftBatch, metadata: grpc.Metadata, callback: grpc.requestCallback<_distrifs_v1_RaftBatchTaken__Output>): grpc.ClientUnaryCall;
  Step(argument: _distrifs_v1_RaftBatch, options: grpc.CallOptions, callback: grpc.requestCallback<_distrifs_v1_RaftBatchTaken__Output>): grpc.ClientUnaryCall;
  Step(argument: _distrifs_v1_RaftBatch, callback: grpc.requestCallback<_distrifs_v1_RaftBatchTaken__Output>): grpc.ClientUnaryCall;
  /**
   * Delivers messages, in order. The reply only acknowledges their receipt: answers are separate messages. For masters of releases
   * without RaftStreamService.
   */
  step(argument: _distrifs_v1_RaftBatch, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_distrifs_v1_RaftBatchTaken__Output>): grpc.ClientUnaryCall;
  step(argument: _distrifs_v1_RaftBatch, metadata: grpc.Metadata, callback: grpc.requestCallback<_distrifs_v1_RaftBatchTaken__Output>): grpc.ClientUnaryCall;
  step(argument: _distrifs_v1_RaftBatch, options: grpc.CallOptions, callback: grpc.requestCallback<_distrifs_v1_RaftBatchTaken__Output>): grpc.ClientUnaryCall;
  step(argument: _distrifs_v1_RaftBatch, callback: grpc.requestCallback<_distrifs_v1_RaftBatchTaken__Output>): grpc.ClientUnaryCall;
  
}

export interface RaftServiceHandlers extends grpc.UntypedServiceImplementation {
  /**
   * Two masters of a group exchange what each knows of where the masters are. Never changes the set of members.
   */
  Greet: grpc.handleUnaryCall<_distrifs_v1_GreetRequest__Output, _distrifs_v1_GreetResponse>;
  
  /**
   * The leader assigns an identity to a master that waits in an empty folder. Accepted once; a repetition has no effect.
   */
  Invite: grpc.handleUnaryCall<_distrifs_v1_InviteRequest__Output, _distrifs_v1_InviteResponse>;
  
  /**
   * Delivers messages, in order. The reply only acknowledges their receipt: answers are separate messages. For masters of releases
   * without RaftStreamService.
   */
  Step: grpc.handleUnaryCall<_distrifs_v1_RaftBatch__Output, _distrifs_v1_RaftBatchTaken>;
  
}

export interface RaftServiceDefinition extends grpc.ServiceDefinition {
  Greet: MethodDefinition<_distrifs_v1_GreetRequest, _distrifs_v1_GreetResponse, _distrifs_v1_GreetRequest__Output, _distrifs_v1_GreetResponse__Output>
  Invite: MethodDefinition<_distrifs_v1_InviteRequest, _distrifs_v1_InviteResponse, _distrifs_v1_InviteRequest__Output, _distrifs_v1_InviteResponse__Output>
  Step: MethodDefinition<_distrifs_v1_RaftBatch, _distrifs_v1_RaftBatchTaken, _distrifs_v1_RaftBatch__Output, _distrifs_v1_RaftBatchTaken__Output>
}
