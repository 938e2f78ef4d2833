// Original file: proto/distrifs/v1/cluster.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { GetClusterStatusRequest as _distrifs_v1_GetClusterStatusRequest, GetClusterStatusRequest__Output as _distrifs_v1_GetClusterStatusRequest__Output } from '../../distrifs/v1/GetClusterStatusRequest.js';
import type { GetClusterStatusResponse as _distrifs_v1_GetClusterStatusResponse, GetClusterStatusResponse__Output as _distrifs_v1_GetClusterStatusResponse__Output } from '../../distrifs/v1/GetClusterStatusResponse.js';
import type { ListChunksRequest as _distrifs_v1_ListChunksRequest, ListChunksRequest__Output as _distrifs_v1_ListChunksRequest__Output } from '../../distrifs/v1/ListChunksRequest.js';
import type { ListChunksResponse as _distrifs_v1_ListChunksResponse, ListChunksResponse__Output as _distrifs_v1_ListChunksResponse__Output } from '../../distrifs/v1/ListChunksResponse.js';
import type { RemoveDataNodeRequest as _distrifs_v1_RemoveDataNodeRequest, RemoveDataNodeRequest__Output as _distrifs_v1_RemoveDataNodeRequest__Output } from '../../distrifs/v1/RemoveDataNodeRequest.js';
import type { RemoveDataNodeResponse as _distrifs_v1_RemoveDataNodeResponse, RemoveDataNodeResponse__Output as _distrifs_v1_RemoveDataNodeResponse__Output } from '../../distrifs/v1/RemoveDataNodeResponse.js';

export interface ClusterServiceClient extends grpc.Client {
  GetClusterStatus(argument: _distrifs_v1_GetClusterStatusRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_distrifs_v1_GetClusterStatusResponse__Output>): grpc.ClientUnaryCall;
  GetClusterStatus(argument: _distrifs_v1_GetClusterStatusRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_distrifs_v1_GetClusterStatusResponse__Output>): grpc.ClientUnaryCall;
  GetClusterStatus(argument: _distrifs_v1_GetClusterStatusRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_distrifs_v1_GetClusterStatusResponse__Output>): grpc.ClientUnaryCall;
  GetClusterStatus(argument: _distrifs_v1_GetClusterStatusRequest, callback: grpc.requestCallback<_distrifs_v1_GetClusterStatusResponse__Output>): grpc.ClientUnaryCall;
  getClusterStatus(argument: _distrifs_v1_GetClusterStatusRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_distrifs_v1_GetClusterStatusResponse__Output>): grpc.ClientUnaryCall;
  getClusterStatus(argument: _distrifs_v1_GetClusterStatusRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_distrifs_v1_GetClusterStatusResponse__Output>): grpc.ClientUnaryCall;
  getClusterStatus(argument: _distrifs_v1_GetClusterStatusRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_distrifs_v1_GetClusterStatusResponse__Output>): grpc.ClientUnaryCall;
  getClusterStatus(argument: _distrifs_v1_GetClusterStatusRequest, callback: grpc.requestCallback<_distrifs_v1_GetClusterStatusResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * All chunks with their replicas, paged by chunk id.
   */
  ListChunks(argument: _distrifs_v1_ListChunksRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_distrifs_v1_ListChunksResponse__Output>): grpc.ClientUnaryCall;
  ListChunks(argument: _distrifs_v1_ListChunksRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_distrifs_v1_ListChunksResponse__Output>): grpc.ClientUnaryCall;
  ListChunks(argument: _distrifs_v1_ListChunksRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_distrifs_v1_ListChunksResponse__Output>): grpc.ClientUnaryCall;
  ListChunks(argument: _distrifs_v1_ListChunksRequest, callback: grpc.requestCallback<_distrifs_v1_ListChunksResponse__Output>): grpc.ClientUnaryCall;
  /**
   * All chunks with their replicas, paged by chunk id.
   */
  listChunks(argument: _distrifs_v1_ListChunksRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_distrifs_v1_ListChunksResponse__Output>): grpc.ClientUnaryCall;
  listChunks(argument: _distrifs_v1_ListChunksRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_distrifs_v1_ListChunksResponse__Output>): grpc.ClientUnaryCall;
  listChunks(argument: _distrifs_v1_ListChunksRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_distrifs_v1_ListChunksResponse__Output>): grpc.ClientUnaryCall;
  listChunks(argument: _distrifs_v1_ListChunksRequest, callback: grpc.requestCallback<_distrifs_v1_ListChunksResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * The leader forgets a datanode that is dead, or that holds the only good replica of no chunk.
   */
  RemoveDataNode(argument: _distrifs_v1_RemoveDataNodeRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_distrifs_v1_RemoveDataNodeResponse__Output>): grpc.ClientUnaryCall;
  RemoveDataNode(argument: _distrifs_v1_RemoveDataNodeRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_distrifs_v1_RemoveDataNodeResponse__Output>): grpc.ClientUnaryCall;
  RemoveDataNode(argument: _distrifs_v1_RemoveDataNodeRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_distrifs_v1_RemoveDataNodeResponse__Output>): grpc.ClientUnaryCall;
  RemoveDataNode(argument: _distrifs_v1_RemoveDataNodeRequest, callback: grpc.requestCallback<_distrifs_v1_RemoveDataNodeResponse__Output>): grpc.ClientUnaryCall;
  /**
   * The leader forgets a datanode that is dead, or that holds the only good replica of no chunk.
   */
  removeDataNode(argument: _distrifs_v1_RemoveDataNodeRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_distrifs_v1_RemoveDataNodeResponse__Output>): grpc.ClientUnaryCall;
  removeDataNode(argument: _distrifs_v1_RemoveDataNodeRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_distrifs_v1_RemoveDataNodeResponse__Output>): grpc.ClientUnaryCall;
  removeDataNode(argument: _distrifs_v1_RemoveDataNodeRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_distrifs_v1_RemoveDataNodeResponse__Output>): grpc.ClientUnaryCall;
  removeDataNode(argument: _distrifs_v1_RemoveDataNodeRequest, callback: grpc.requestCallback<_distrifs_v1_RemoveDataNodeResponse__Output>): grpc.ClientUnaryCall;
  
}

export interface ClusterServiceHandlers extends grpc.UntypedServiceImplementation {
  GetClusterStatus: grpc.handleUnaryCall<_distrifs_v1_GetClusterStatusRequest__Output, _distrifs_v1_GetClusterStatusResponse>;
  
  /**
   * All chunks with their replicas, paged by chunk id.
   */
  ListChunks: grpc.handleUnaryCall<_distrifs_v1_ListChunksRequest__Output, _distrifs_v1_ListChunksResponse>;
  
  /**
   * The leader forgets a datanode that is dead, or that holds the only good replica of no chunk.
   */
  RemoveDataNode: grpc.handleUnaryCall<_distrifs_v1_RemoveDataNodeRequest__Output, _distrifs_v1_RemoveDataNodeResponse>;
  
}

export interface ClusterServiceDefinition extends grpc.ServiceDefinition {
  GetClusterStatus: MethodDefinition<_distrifs_v1_GetClusterStatusRequest, _distrifs_v1_GetClusterStatusResponse, _distrifs_v1_GetClusterStatusRequest__Output, _distrifs_v1_GetClusterStatusResponse__Output>
  ListChunks: MethodDefinition<_distrifs_v1_ListChunksRequest, _distrifs_v1_ListChunksResponse, _distrifs_v1_ListChunksRequest__Output, _distrifs_v1_ListChunksResponse__Output>
  RemoveDataNode: MethodDefinition<_distrifs_v1_RemoveDataNodeRequest, _distrifs_v1_RemoveDataNodeResponse, _distrifs_v1_RemoveDataNodeRequest__Output, _distrifs_v1_RemoveDataNodeResponse__Output>
}
