// Original file: proto/distrifs/v1/raft.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { RaftBatch as _distrifs_v1_RaftBatch, RaftBatch__Output as _distrifs_v1_RaftBatch__Output } from '../../distrifs/v1/RaftBatch.js';
import type { StreamTaken as _distrifs_v1_StreamTaken, StreamTaken__Output as _distrifs_v1_StreamTaken__Output } from '../../distrifs/v1/StreamTaken.js';

/**
 * Each method takes a stream of messages, in order.
 */
export interface RaftStreamServiceClient extends grpc.Client {
  /**
   * Each batch as with RaftService.Step; a batch that is refused ends the stream.
   */
  Deliver(metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientDuplexStream<_distrifs_v1_RaftBatch, _distrifs_v1_StreamTaken__Output>;
  Deliver(options?: grpc.CallOptions): grpc.ClientDuplexStream<_distrifs_v1_RaftBatch, _distrifs_v1_StreamTaken__Output>;
  /**
   * Each batch as with RaftService.Step; a batch that is refused ends the stream.
   */
  deliver(metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientDuplexStream<_distrifs_v1_RaftBatch, _distrifs_v1_StreamTaken__Output>;
  deliver(options?: grpc.CallOptions): grpc.ClientDuplexStream<_distrifs_v1_RaftBatch, _distrifs_v1_StreamTaken__Output>;
  
}

/**
 * Each method takes a stream of messages, in order.
 */
export interface RaftStreamServiceHandlers extends grpc.UntypedServiceImplementation {
  /**
   * Each batch as with RaftService.Step; a batch that is refused ends the stream.
   */
  Deliver: grpc.handleBidiStreamingCall<_distrifs_v1_RaftBatch__Output, _distrifs_v1_StreamTaken>;
  
}

export interface RaftStreamServiceDefinition extends grpc.ServiceDefinition {
  Deliver: MethodDefinition<_distrifs_v1_RaftBatch, _distrifs_v1_StreamTaken, _distrifs_v1_RaftBatch__Output, _distrifs_v1_StreamTaken__Output>
}
