// Original file: proto/distrifs/v1/masters.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { AddMasterRequest as _distrifs_v1_AddMasterRequest, AddMasterRequest__Output as _distrifs_v1_AddMasterRequest__Output } from '../../distrifs/v1/AddMasterRequest.js';
import type { AddMasterResponse as _distrifs_v1_AddMasterResponse, AddMasterResponse__Output as _distrifs_v1_AddMasterResponse__Output } from '../../distrifs/v1/AddMasterResponse.js';
import type { GetMasterStatusRequest as _distrifs_v1_GetMasterStatusRequest, GetMasterStatusRequest__Output as _distrifs_v1_GetMasterStatusRequest__Output } from '../../distrifs/v1/GetMasterStatusRequest.js';
import type { GetMasterStatusResponse as _distrifs_v1_GetMasterStatusResponse, GetMasterStatusResponse__Output as _distrifs_v1_GetMasterStatusResponse__Output } from '../../distrifs/v1/GetMasterStatusResponse.js';
import type { RemoveMasterRequest as _distrifs_v1_RemoveMasterRequest, RemoveMasterRequest__Output as _distrifs_v1_RemoveMasterRequest__Output } from '../../distrifs/v1/RemoveMasterRequest.js';
import type { RemoveMasterResponse as _distrifs_v1_RemoveMasterResponse, RemoveMasterResponse__Output as _distrifs_v1_RemoveMasterResponse__Output } from '../../distrifs/v1/RemoveMasterResponse.js';
import type { TransferLeadershipRequest as _distrifs_v1_TransferLeadershipRequest, TransferLeadershipRequest__Output as _distrifs_v1_TransferLeadershipRequest__Output } from '../../distrifs/v1/TransferLeadershipRequest.js';
import type { TransferLeadershipResponse as _distrifs_v1_TransferLeadershipResponse, TransferLeadershipResponse__Output as _distrifs_v1_TransferLeadershipResponse__Output } from '../../distrifs/v1/TransferLeadershipResponse.js';

export interface MasterServiceClient extends grpc.Client {
  /**
   * Invites a master that waits in an empty folder (started with --join), and makes it a learner: answered when the change is
   * committed.
   * // The learner becomes a voter automatically once it has caught up.
   */
  AddMaster(argument: _distrifs_v1_AddMasterRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_distrifs_v1_AddMasterResponse__Output>): grpc.ClientUnaryCall;
  AddMaster(argument: _distrifs_v1_AddMasterRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_distrifs_v1_AddMasterResponse__Output>): grpc.ClientUnaryCall;
  AddMaster(argument: _distrifs_v1_AddMasterRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_distrifs_v1_AddMasterResponse__Output>): grpc.ClientUnaryCall;
  AddMaster(argument: _distrifs_v1_AddMasterRequest, callback: grpc.requestCallback<_distrifs_v1_AddMasterResponse__Output>): grpc.ClientUnaryCall;
  /**
   * Invites a master that waits in an empty folder (started with --join), and makes it a learner: answered when the change is
   * committed.
   * // The learner becomes a voter automatically once it has caught up.
   */
  addMaster(argument: _distrifs_v1_AddMasterRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_distrifs_v1_AddMasterResponse__Output>): grpc.ClientUnaryCall;
  addMaster(argument: _distrifs_v1_AddMasterRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_distrifs_v1_AddMasterResponse__Output>): grpc.ClientUnaryCall;
  addMaster(argument: _distrifs_v1_AddMasterRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_distrifs_v1_AddMasterResponse__Output>): grpc.ClientUnaryCall;
  addMaster(argument: _distrifs_v1_AddMasterRequest, callback: grpc.requestCallback<_distrifs_v1_AddMasterResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * The state of the cluster as known to this master.
   */
  GetMasterStatus(argument: _distrifs_v1_GetMasterStatusRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_distrifs_v1_GetMasterStatusResponse__Output>): grpc.ClientUnaryCall;
  GetMasterStatus(argument: _distrifs_v1_GetMasterStatusRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_distrifs_v1_GetMasterStatusResponse__Output>): grpc.ClientUnaryCall;
  GetMasterStatus(argument: _distrifs_v1_GetMasterStatusRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_distrifs_v1_GetMasterStatusResponse__Output>): grpc.ClientUnaryCall;
  GetMasterStatus(argument: _distrifs_v1_GetMasterStatusRequest, callback: grpc.requestCallback<_distrifs_v1_GetMasterStatusResponse__Output>): grpc.ClientUnaryCall;
  /**
   * The state of the cluster as known to this master.
   */
  getMasterStatus(argument: _distrifs_v1_GetMasterStatusRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_distrifs_v1_GetMasterStatusResponse__Output>): grpc.ClientUnaryCall;
  getMasterStatus(argument: _distrifs_v1_GetMasterStatusRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_distrifs_v1_GetMasterStatusResponse__Output>): grpc.ClientUnaryCall;
  getMasterStatus(argument: _distrifs_v1_GetMasterStatusRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_distrifs_v1_GetMasterStatusResponse__Output>): grpc.ClientUnaryCall;
  getMasterStatus(argument: _distrifs_v1_GetMasterStatusRequest, callback: grpc.requestCallback<_distrifs_v1_GetMasterStatusResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * Answered when the removal is committed.
   */
  RemoveMaster(argument: _distrifs_v1_RemoveMasterRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_distrifs_v1_RemoveMasterResponse__Output>): grpc.ClientUnaryCall;
  RemoveMaster(argument: _distrifs_v1_RemoveMasterRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_distrifs_v1_RemoveMasterResponse__Output>): grpc.ClientUnaryCall;
  RemoveMaster(argument: _distrifs_v1_RemoveMasterRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_distrifs_v1_RemoveMasterResponse__Output>): grpc.ClientUnaryCall;
  RemoveMaster(argument: _distrifs_v1_RemoveMasterRequest, callback: grpc.requestCallback<_distrifs_v1_RemoveMasterResponse__Output>): grpc.ClientUnaryCall;
  /**
   * Answered when the removal is committed.
   */
  removeMaster(argument: _distrifs_v1_RemoveMasterRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_distrifs_v1_RemoveMasterResponse__Output>): grpc.ClientUnaryCall;
  removeMaster(argument: _distrifs_v1_RemoveMasterRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_distrifs_v1_RemoveMasterResponse__Output>): grpc.ClientUnaryCall;
  removeMaster(argument: _distrifs_v1_RemoveMasterRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_distrifs_v1_RemoveMasterResponse__Output>): grpc.ClientUnaryCall;
  removeMaster(argument: _distrifs_v1_RemoveMasterRequest, callback: grpc.requestCallback<_distrifs_v1_RemoveMasterResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * Answered when the target is the leader; otherwise fails with DEADLINE_EXCEEDED.
   */
  TransferLeadership(argument: _distrifs_v1_TransferLeadershipRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_distrifs_v1_TransferLeadershipResponse__Output>): grpc.ClientUnaryCall;
  TransferLeadership(argument: _distrifs_v1_TransferLeadershipRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_distrifs_v1_TransferLeadershipResponse__Output>): grpc.ClientUnaryCall;
  TransferLeadership(argument: _distrifs_v1_TransferLeadershipRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_distrifs_v1_TransferLeadershipResponse__Output>): grpc.ClientUnaryCall;
  TransferLeadership(argument: _distrifs_v1_TransferLeadershipRequest, callback: grpc.requestCallback<_distrifs_v1_TransferLeadershipResponse__Output>): grpc.ClientUnaryCall;
  /**
   * Answered when the target is the leader; otherwise fails with DEADLINE_EXCEEDED.
   */
  transferLeadership(argument: _distrifs_v1_TransferLeadershipRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_distrifs_v1_TransferLeadershipResponse__Output>): grpc.ClientUnaryCall;
  transferLeadership(argument: _distrifs_v1_TransferLeadershipRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_distrifs_v1_TransferLeadershipResponse__Output>): grpc.ClientUnaryCall;
  transferLeadership(argument: _distrifs_v1_TransferLeadershipRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_distrifs_v1_TransferLeadershipResponse__Output>): grpc.ClientUnaryCall;
  transferLeadership(argument: _distrifs_v1_TransferLeadershipRequest, callback: grpc.requestCallback<_distrifs_v1_TransferLeadershipResponse__Output>): grpc.ClientUnaryCall;
  
}

export interface MasterServiceHandlers extends grpc.UntypedServiceImplementation {
  /**
   * Invites a master that waits in an empty folder (started with --join), and makes it a learner: answered when the change is
   * committed.
   * // The learner becomes a voter automatically once it has caught up.
   */
  AddMaster: grpc.handleUnaryCall<_distrifs_v1_AddMasterRequest__Output, _distrifs_v1_AddMasterResponse>;
  
  /**
   * The state of the cluster as known to this master.
   */
  GetMasterStatus: grpc.handleUnaryCall<_distrifs_v1_GetMasterStatusRequest__Output, _distrifs_v1_GetMasterStatusResponse>;
  
  /**
   * Answered when the removal is committed.
   */
  RemoveMaster: grpc.handleUnaryCall<_distrifs_v1_RemoveMasterRequest__Output, _distrifs_v1_RemoveMasterResponse>;
  
  /**
   * Answered when the target is the leader; otherwise fails with DEADLINE_EXCEEDED.
   */
  TransferLeadership: grpc.handleUnaryCall<_distrifs_v1_TransferLeadershipRequest__Output, _distrifs_v1_TransferLeadershipResponse>;
  
}

export interface MasterServiceDefinition extends grpc.ServiceDefinition {
  AddMaster: MethodDefinition<_distrifs_v1_AddMasterRequest, _distrifs_v1_AddMasterResponse, _distrifs_v1_AddMasterRequest__Output, _distrifs_v1_AddMasterResponse__Output>
  GetMasterStatus: MethodDefinition<_distrifs_v1_GetMasterStatusRequest, _distrifs_v1_GetMasterStatusResponse, _distrifs_v1_GetMasterStatusRequest__Output, _distrifs_v1_GetMasterStatusResponse__Output>
  RemoveMaster: MethodDefinition<_distrifs_v1_RemoveMasterRequest, _distrifs_v1_RemoveMasterResponse, _distrifs_v1_RemoveMasterRequest__Output, _distrifs_v1_RemoveMasterResponse__Output>
  TransferLeadership: MethodDefinition<_distrifs_v1_TransferLeadershipRequest, _distrifs_v1_TransferLeadershipResponse, _distrifs_v1_TransferLeadershipRequest__Output, _distrifs_v1_TransferLeadershipResponse__Output>
}
