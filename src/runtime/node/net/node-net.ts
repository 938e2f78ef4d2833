/** Byte streams over TCP, dialled directly or through the proxy of this runtime. */
import { createServer } from 'node:net';
import { parseAddress } from '../../../shared/address.js';
import { toDfsError } from '../../../shared/errors.js';
import type { ByteStream, DialOptions, Listener, Logger, Net } from '../../../shared/runtime.js';
import { bindServer, peerOf } from './bind-server.js';
import type { Closers } from '../base/closers.js';
import { dialSocket } from './dial-socket.js';
import type { Proxy } from './http-connect.js';
import { SocketStream } from './socket-stream.js';

/** Maximum number of accepted connections of a listener; further connections are closed at once. */
const CONNECTIONS_MAX = 4_096;

export class NodeNet implements Net {
  readonly #proxy: Proxy | null;
  readonly #closers: Closers;
  readonly #log: Logger;

  constructor(proxy: Proxy | null, closers: Closers, log: Logger) {
    this.#proxy = proxy;
    this.#closers = closers;
    this.#log = log;
  }

  async listen(listen: string, onStream: (stream: ByteStream) => void): Promise<Listener> {
    const streams = new Set<SocketStream>();
    const server = createServer({ allowHalfOpen: true, noDelay: true, keepAlive: true, pauseOnConnect: true }, (socket) => {
      const stream = new SocketStream(socket, peerOf(socket));
      streams.add(stream);
      stream.onceClosed(() => streams.delete(stream));
      try {
        onStream(stream);
      } catch (error) {
        this.#log.error(`Cannot serve ${stream.remoteAddress}`, { error: toDfsError(error, 'Accepting a stream failed') });
        stream.destroy();
      }
    });
    server.maxConnections = CONNECTIONS_MAX;
    const address = await bindServer(server, listen);
    const close = async (): Promise<void> => {
      forget();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const stream of streams) stream.destroy();
      await closed;
    };
    const forget = this.#closers.add(close);
    return { address, close };
  }

  async dial(address: string, options: DialOptions): Promise<ByteStream> {
    const socket = await dialSocket(parseAddress(address), this.#proxy, options);
    const stream = new SocketStream(socket, address);
    stream.onceClosed(this.#closers.add(() => stream.destroy()));
    return stream;
  }
}
