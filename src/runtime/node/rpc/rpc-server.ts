/** Serves typed services over gRPC. */
import { createServer } from 'node:net';
import { type sendUnaryData, Server, ServerCredentials, type ServerUnaryCall } from '@grpc/grpc-js';
import { DfsError, toDfsError } from '../../../shared/errors.js';
import { RPC_MESSAGE_BYTES_MAX } from '../../../shared/limits.js';
import type { Clock, Logger, RpcBinding, RpcServer } from '../../../shared/runtime.js';
import { assertMessageFits, bindingsByPath } from '../../rules/rpc-rules.js';
import { bindServer } from '../net/bind-server.js';
import { admitHttp2 } from './http2-gate.js';
import { PeerWarnings } from '../../../shared/peer-warnings.js';
import { asBuffer, asIs } from './rpc-bytes.js';
import { toGrpcStatus } from './rpc-status.js';
import { ServerConnections, SOCKETS_MAX } from './server-connections.js';
import { ServerStreams } from './server-streams.js';

const SERVER_OPTIONS = {
  'grpc.max_receive_message_length': RPC_MESSAGE_BYTES_MAX,
  'grpc.max_send_message_length': RPC_MESSAGE_BYTES_MAX,
  'grpc.max_concurrent_streams': 1_024,
  // The keepalive detects a peer that vanished without a FIN, and its calls are cancelled.
  'grpc.keepalive_time_ms': 20_000,
  'grpc.keepalive_timeout_ms': 10_000,
  'grpc.enable_channelz': 0,
};

/**
 * Listens and serves the bindings.
 * @param listen host:port
 * @throws DfsError as bindServer and bindingsByPath
 */
export async function startRpcServer(
  listen: string,
  bindings: readonly RpcBinding[],
  clock: Clock,
  log: Logger,
  connections = new ServerConnections(),
): Promise<RpcServer> {
  const server = new Server(SERVER_OPTIONS);
  const streams = new ServerStreams(clock, connections);
  for (const binding of bindingsByPath(bindings).values()) {
    if (binding.isStream === true) server.register(binding.path, streams.handlerOf(binding), asBuffer, asIs, 'bidi');
    else server.register(binding.path, unaryHandler(binding, connections), asBuffer, asIs, 'unary');
  }
  const injector = server.createConnectionInjector(ServerCredentials.createInsecure());
  const warnings = new PeerWarnings(log, () => clock.nowMs());
  // grpc-js closes each half itself once a connection is its own.
  const front = createServer({ noDelay: true }, (socket) => {
    connections.add(socket);
    admitHttp2(socket, warnings, (admitted) => injector.injectConnection(admitted));
  });
  front.maxConnections = SOCKETS_MAX;
  const address = await bindServer(front, listen);

  let stopped: Promise<void> | null = null;
  const stop = async (graceMs: number): Promise<void> => {
    const frontClosed = new Promise<void>((resolve) => front.close(() => resolve()));
    streams.endAll(new DfsError('UNAVAILABLE', `The server at ${address} is stopping`));
    const drained = new Promise<void>((resolve) => server.tryShutdown(() => resolve()));
    const grace = new AbortController();
    // The sleep rejects with CANCELLED when the server has drained first.
    const graceOver = clock.sleep(graceMs, grace.signal).catch(() => undefined);
    await Promise.race([drained, graceOver]);
    grace.abort();
    server.forceShutdown();
    connections.destroyAll();
    await frontClosed;
  };
  return { address, stop: (graceMs) => (stopped ??= stop(graceMs)) };
}

function unaryHandler(
  binding: RpcBinding,
  connections: ServerConnections,
): (call: ServerUnaryCall<Buffer, Uint8Array>, reply: sendUnaryData<Uint8Array>) => void {
  return (call, reply) => {
    const controller = new AbortController();
    const peer = call.getPeer();
    let isAnswered = false;
    // grpc-js emits this event at the end of every call, answered or not.
    call.on('cancelled', () => {
      if (!isAnswered) controller.abort(new DfsError('CANCELLED', `${peer} cancelled its call of ${binding.path}`));
    });
    const answer = async (): Promise<void> => {
      let end = (): void => undefined;
      try {
        end = connections.begin(peer);
        const response = await binding.handle(call.request, { peer, signal: controller.signal });
        assertMessageFits(`Answer of ${binding.path}`, response);
        isAnswered = true;
        reply(null, response);
      } catch (error) {
        isAnswered = true;
        reply(toGrpcStatus(toDfsError(error, `Call ${binding.path} failed`)));
      } finally {
        end();
      }
    };
    void answer();
  };
}
