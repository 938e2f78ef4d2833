/** The streams that a gRPC server receives. */
import type { ServerDuplexStream } from '@grpc/grpc-js';
import { DfsError } from '../../../shared/errors.js';
import type { Clock, RpcBinding } from '../../../shared/runtime.js';
import { encodeTaken } from '../../../protocol/stream-taken.js';
import { StreamReceiver } from '../../rules/stream-receiver.js';
import { toGrpcStatus } from './rpc-status.js';
import type { ServerConnections } from './server-connections.js';

type StreamCall = ServerDuplexStream<Buffer, Uint8Array>;

export class ServerStreams {
  readonly #clock: Clock;
  readonly #connections: ServerConnections;
  /** Functions that end the open streams. */
  readonly #ends = new Set<(error: DfsError) => void>();
  /** Set when no stream may begin any more. */
  #refusal: DfsError | null = null;

  constructor(clock: Clock, connections: ServerConnections) {
    this.#clock = clock;
    this.#connections = connections;
  }

  /** The handler of a method that takes streams, for grpc-js. */
  handlerOf(binding: RpcBinding): (call: StreamCall) => void {
    return (call) => this.#serve(binding, call);
  }

  /** Takes a stream, until either side ends it. */
  #serve(binding: RpcBinding, call: StreamCall): void {
    const peer = call.getPeer();
    const controller = new AbortController();
    let handled = 0;
    const end = (error: DfsError | null): void => {
      if (!this.#ends.delete(end)) return;
      receiver.stop();
      if (error === null) call.end();
      // grpc-js makes the status of the stream from the error, and ends the stream.
      else call.emit('error', toGrpcStatus(error));
    };
    const receiver = new StreamReceiver({
      binding: this.#counted(binding, peer),
      context: { peer, signal: controller.signal },
      clock: this.#clock,
      acknowledge: (messages) => {
        handled = messages;
        // A sender that does not read its acknowledgements gets no more of them until it does: each one includes those before.
        if (!call.writableNeedDrain) call.write(encodeTaken(handled));
      },
      onFailure: end,
    });
    this.#ends.add(end);
    call.on('data', (message: Buffer) => receiver.push(message));
    call.on('drain', () => call.write(encodeTaken(handled)));
    call.on('end', () => end(null));
    // grpc-js emits this event at the end of every stream.
    call.on('cancelled', () => {
      this.#ends.delete(end);
      receiver.stop();
      controller.abort(new DfsError('CANCELLED', `${peer} ended its stream of ${binding.path}`));
    });
    if (this.#refusal !== null) end(this.#refusal);
  }

  /** Ends all streams, and refuses new ones. */
  endAll(error: DfsError): void {
    this.#refusal = error;
    for (const end of this.#ends) end(error);
  }

  /** A connection keeps its place while a message of it is handled, as with a call; an idle stream does not keep it. */
  #counted(binding: RpcBinding, peer: string): RpcBinding {
    return {
      ...binding,
      handle: async (message, context) => {
        const leave = this.#connections.begin(peer);
        try {
          return await binding.handle(message, context);
        } finally {
          leave();
        }
      },
    };
  }
}
