/** The Rpc of the Runtime, implemented with grpc-js. */
import { logVerbosity, setLogVerbosity } from '@grpc/grpc-js';
import type { Clock, Logger, Rpc, RpcBinding, RpcChannel, RpcServer } from '../../../shared/runtime.js';
import type { Closers } from '../base/closers.js';
import type { Proxy } from '../net/http-connect.js';
import { NodeRpcChannel } from './rpc-channel.js';
import { startRpcServer } from './rpc-server.js';

export class NodeRpc implements Rpc {
  readonly #clock: Clock;
  readonly #proxy: Proxy | null;
  readonly #closers: Closers;
  readonly #log: Logger;

  constructor(clock: Clock, proxy: Proxy | null, closers: Closers, log: Logger) {
    this.#clock = clock;
    this.#proxy = proxy;
    this.#closers = closers;
    this.#log = log;
    // grpc-js must not print to standard error, over a terminal UI: its failures reach the caller as errors.
    setLogVerbosity(logVerbosity.NONE);
  }

  async serve(listen: string, bindings: readonly RpcBinding[]): Promise<RpcServer> {
    const server = await startRpcServer(listen, bindings, this.#clock, this.#log);
    const forget = this.#closers.add(() => server.stop(0));
    return {
      address: server.address,
      async stop(graceMs) {
        forget();
        await server.stop(graceMs);
      },
    };
  }

  connect(address: string): RpcChannel {
    const channel = new NodeRpcChannel(address, this.#proxy, this.#clock);
    const forget = this.#closers.add(() => channel.close());
    return {
      address: channel.address,
      call: (method, request, options) => channel.call(method, request, options),
      open: (method, options) => channel.open(method, options),
      close() {
        forget();
        channel.close();
      },
    };
  }
}
