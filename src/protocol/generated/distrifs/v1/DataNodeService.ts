// Original file: proto/distrifs/v1/datanode.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { BlockReportRequest as _distrifs_v1_BlockReportRequest, BlockReportRequest__Output as _distrifs_v1_BlockReportRequest__Output } from '../../distrifs/v1/BlockReportRequest.js';
import type { BlockReportResponse as _distrifs_v1_BlockReportResponse, BlockReportResponse__Output as _distrifs_v1_BlockReportResponse__Output } from '../../distrifs/v1/BlockReportResponse.js';
import type { HeartbeatRequest as _distrifs_v1_HeartbeatRequest, HeartbeatRequest__Output as _distrifs_v1_HeartbeatRequest__Output } from '../../distrifs/v1/HeartbeatRequest.js';
import type { HeartbeatResponse as _distrifs_v1_HeartbeatResponse, HeartbeatResponse__Output as _distrifs_v1_HeartbeatResponse__Output } from '../../distrifs/v1/HeartbeatResponse.js';
import type { PollCommandsRequest as _distrifs_v1_PollCommandsRequest, PollCommandsRequest__Output as _distrifs_v1_PollCommandsRequest__Output } from '../../distrifs/v1/PollCommandsRequest.js';
import type { PollCommandsResponse as _distrifs_v1_PollCommandsResponse, PollCommandsResponse__Output as _distrifs_v1_PollCommandsResponse__Output } from '../../distrifs/v1/PollCommandsResponse.js';
import type { RegisterDataNodeRequest as _distrifs_v1_RegisterDataNodeRequest, RegisterDataNodeRequest__Output as _distrifs_v1_RegisterDataNodeRequest__Output } from '../../distrifs/v1/RegisterDataNodeRequest.js';
import type { RegisterDataNodeResponse as _distrifs_v1_RegisterDataNodeResponse, RegisterDataNodeResponse__Output as _distrifs_v1_RegisterDataNodeResponse__Output } from '../../distrifs/v1/RegisterDataNodeResponse.js';
import type { ReportReplicasRequest as _distrifs_v1_ReportReplicasRequest, ReportReplicasRequest__Output as _distrifs_v1_ReportReplicasRequest__Output } from '../../distrifs/v1/ReportReplicasRequest.js';
import type { ReportReplicasResponse as _distrifs_v1_ReportReplicasResponse, ReportReplicasResponse__Output as _distrifs_v1_ReportReplicasResponse__Output } from '../../distrifs/v1/ReportReplicasResponse.js';

export interface DataNodeServiceClient extends grpc.Client {
  /**
   * The full list of replicas on disk, in numbered parts; the list takes effect with its last part.
   */
  BlockReport(argument: _distrifs_v1_BlockReportRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_distrifs_v1_BlockReportResponse__Output>): grpc.ClientUnaryCall;
  BlockReport(argument: _distrifs_v1_BlockReportRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_distrifs_v1_BlockReportResponse__Output>): grpc.ClientUnaryCall;
  BlockReport(argument: _distrifs_v1_BlockReportRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_distrifs_v1_BlockReportResponse__Output>): grpc.ClientUnaryCall;
  BlockReport(argument: _distrifs_v1_BlockReportRequest, callback: grpc.requestCallback<_distrifs_v1_BlockReportResponse__Output>): grpc.ClientUnaryCall;
  /**
   * The full list of replicas on disk, in numbered parts; the list takes effect with its last part.
   */
  blockReport(argument: _distrifs_v1_BlockReportRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_distrifs_v1_BlockReportResponse__Output>): grpc.ClientUnaryCall;
  blockReport(argument: _distrifs_v1_BlockReportRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_distrifs_v1_BlockReportResponse__Output>): grpc.ClientUnaryCall;
  blockReport(argument: _distrifs_v1_BlockReportRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_distrifs_v1_BlockReportResponse__Output>): grpc.ClientUnaryCall;
  blockReport(argument: _distrifs_v1_BlockReportRequest, callback: grpc.requestCallback<_distrifs_v1_BlockReportResponse__Output>): grpc.ClientUnaryCall;
  
  Heartbeat(argument: _distrifs_v1_HeartbeatRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_distrifs_v1_HeartbeatResponse__Output>): grpc.ClientUnaryCall;
  Heartbeat(argument: _distrifs_v1_HeartbeatRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_distrifs_v1_HeartbeatResponse__Output>): grpc.ClientUnaryCall;
  Heartbeat(argument: _distrifs_v1_HeartbeatRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_distrifs_v1_HeartbeatResponse__Output>): grpc.ClientUnaryCall;
  Heartbeat(argument: _distrifs_v1_HeartbeatRequest, callback: grpc.requestCallback<_distrifs_v1_HeartbeatResponse__Output>): grpc.ClientUnaryCall;
  heartbeat(argument: _distrifs_v1_HeartbeatRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_distrifs_v1_HeartbeatResponse__Output>): grpc.ClientUnaryCall;
  heartbeat(argument: _distrifs_v1_HeartbeatRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_distrifs_v1_HeartbeatResponse__Output>): grpc.ClientUnaryCall;
  heartbeat(argument: _distrifs_v1_HeartbeatRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_distrifs_v1_HeartbeatResponse__Output>): grpc.ClientUnaryCall;
  heartbeat(argument: _distrifs_v1_HeartbeatRequest, callback: grpc.requestCallback<_distrifs_v1_HeartbeatResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * Waits at the master until there are commands, or wait_ms has passed.
   */
  PollCommands(argument: _distrifs_v1_PollCommandsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_distrifs_v1_PollCommandsResponse__Output>): grpc.ClientUnaryCall;
  PollCommands(argument: _distrifs_v1_PollCommandsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_distrifs_v1_PollCommandsResponse__Output>): grpc.ClientUnaryCall;
  PollCommands(argument: _distrifs_v1_PollCommandsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_distrifs_v1_PollCommandsResponse__Output>): grpc.ClientUnaryCall;
  PollCommands(argument: _distrifs_v1_PollCommandsRequest, callback: grpc.requestCallback<_distrifs_v1_PollCommandsResponse__Output>): grpc.ClientUnaryCall;
  /**
   * Waits at the master until there are commands, or wait_ms has passed.
   */
  pollCommands(argument: _distrifs_v1_PollCommandsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_distrifs_v1_PollCommandsResponse__Output>): grpc.ClientUnaryCall;
  pollCommands(argument: _distrifs_v1_PollCommandsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_distrifs_v1_PollCommandsResponse__Output>): grpc.ClientUnaryCall;
  pollCommands(argument: _distrifs_v1_PollCommandsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_distrifs_v1_PollCommandsResponse__Output>): grpc.ClientUnaryCall;
  pollCommands(argument: _distrifs_v1_PollCommandsRequest, callback: grpc.requestCallback<_distrifs_v1_PollCommandsResponse__Output>): grpc.ClientUnaryCall;
  
  RegisterDataNode(argument: _distrifs_v1_RegisterDataNodeRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_distrifs_v1_RegisterDataNodeResponse__Output>): grpc.ClientUnaryCall;
  RegisterDataNode(argument: _distrifs_v1_RegisterDataNodeRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_distrifs_v1_RegisterDataNodeResponse__Output>): grpc.ClientUnaryCall;
  RegisterDataNode(argument: _distrifs_v1_RegisterDataNodeRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_distrifs_v1_RegisterDataNodeResponse__Output>): grpc.ClientUnaryCall;
  RegisterDataNode(argument: _distrifs_v1_RegisterDataNodeRequest, callback: grpc.requestCallback<_distrifs_v1_RegisterDataNodeResponse__Output>): grpc.ClientUnaryCall;
  registerDataNode(argument: _distrifs_v1_RegisterDataNodeRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_distrifs_v1_RegisterDataNodeResponse__Output>): grpc.ClientUnaryCall;
  registerDataNode(argument: _distrifs_v1_RegisterDataNodeRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_distrifs_v1_RegisterDataNodeResponse__Output>): grpc.ClientUnaryCall;
  registerDataNode(argument: _distrifs_v1_RegisterDataNodeRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_distrifs_v1_RegisterDataNodeResponse__Output>): grpc.ClientUnaryCall;
  registerDataNode(argument: _distrifs_v1_RegisterDataNodeRequest, callback: grpc.requestCallback<_distrifs_v1_RegisterDataNodeResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * Changes since the last report, sent immediately.
   */
  ReportReplicas(argument: _distrifs_v1_ReportReplicasRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_distrifs_v1_ReportReplicasResponse__Output>): grpc.ClientUnaryCall;
  ReportReplicas(argument: _distrifs_v1_ReportReplicasRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_distrifs_v1_ReportReplicasResponse__Output>): grpc.ClientUnaryCall;
  ReportReplicas(argument: _distrifs_v1_ReportReplicasRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_distrifs_v1_ReportReplicasResponse__Output>): grpc.ClientUnaryCall;
  ReportReplicas(argument: _distrifs_v1_ReportReplicasRequest, callback: grpc.requestCallback<_distrifs_v1_ReportReplicasResponse__Output>): grpc.ClientUnaryCall;
  /**
   * Changes since the last report, sent immediately.
   */
  reportReplicas(argument: _distrifs_v1_ReportReplicasRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_distrifs_v1_ReportReplicasResponse__Output>): grpc.ClientUnaryCall;
  reportReplicas(argument: _distrifs_v1_ReportReplicasRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_distrifs_v1_ReportReplicasResponse__Output>): grpc.ClientUnaryCall;
  reportReplicas(argument: _distrifs_v1_ReportReplicasRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_distrifs_v1_ReportReplicasResponse__Output>): grpc.ClientUnaryCall;
  reportReplicas(argument: _distrifs_v1_ReportReplicasRequest, callback: grpc.requestCallback<_distrifs_v1_ReportReplicasResponse__Output>): grpc.ClientUnaryCall;
  
}

export interface DataNodeServiceHandlers extends grpc.UntypedServiceImplementation {
  /**
   * The full list of replicas on disk, in numbered parts; the list takes effect with its last part.
   */
  BlockReport: grpc.handleUnaryCall<_distrifs_v1_BlockReportRequest__Output, _distrifs_v1_BlockReportResponse>;
  
  Heartbeat: grpc.handleUnaryCall<_distrifs_v1_HeartbeatRequest__Output, _distrifs_v1_HeartbeatResponse>;
  
  /**
   * Waits at the master until there are commands, or wait_ms has passed.
   */
  PollCommands: grpc.handleUnaryCall<_distrifs_v1_PollCommandsRequest__Output, _distrifs_v1_PollCommandsResponse>;
  
  RegisterDataNode: grpc.handleUnaryCall<_distrifs_v1_RegisterDataNodeRequest__Output, _distrifs_v1_RegisterDataNodeResponse>;
  
  /**
   * Changes since the last report, sent immediately.
   */
  ReportReplicas: grpc.handleUnaryCall<_distrifs_v1_ReportReplicasRequest__Output, _distrifs_v1_ReportReplicasResponse>;
  
}

export interface DataNodeServiceDefinition extends grpc.ServiceDefinition {
  BlockReport: MethodDefinition<_distrifs_v1_BlockReportRequest, _distrifs_v1_BlockReportResponse, _distrifs_v1_BlockReportRequest__Output, _distrifs_v1_BlockReportResponse__Output>
  Heartbeat: MethodDefinition<_distrifs_v1_HeartbeatRequest, _distrifs_v1_HeartbeatResponse, _distrifs_v1_HeartbeatRequest__Output, _distrifs_v1_HeartbeatResponse__Output>
  PollCommands: MethodDefinition<_distrifs_v1_PollCommandsRequest, _distrifs_v1_PollCommandsResponse, _distrifs_v1_PollCommandsRequest__Output, _distrifs_v1_PollCommandsResponse__Output>
  RegisterDataNode: MethodDefinition<_distrifs_v1_RegisterDataNodeRequest, _distrifs_v1_RegisterDataNodeResponse, _distrifs_v1_RegisterDataNodeRequest__Output, _distrifs_v1_RegisterDataNodeResponse__Output>
  ReportReplicas: MethodDefinition<_distrifs_v1_ReportReplicasRequest, _distrifs_v1_ReportReplicasResponse, _distrifs_v1_ReportReplicasRequest__Output, _distrifs_v1_ReportReplicasResponse__Output>
}
