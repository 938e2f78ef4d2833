/** The Rpc of the Runtime without gRPC: calls pass encoded messages to servers in the same process. For benchmarks. */
import { DfsError } from '../dist/shared/errors.js';

export class DirectRpc {
  #servers = new Map();

  async serve(listen, bindings) {
    this.#servers.set(listen, new Map(bindings.map((binding) => [binding.path, binding])));
    return { address: listen, stop: async () => void this.#servers.delete(listen) };
  }

  connect(address) {
    const context = { peer: 'direct', signal: AbortSignal.any([]) };
    const handle = async (path, bytes) => {
      const binding = this.#servers.get(address)?.get(path);
      if (binding === undefined)
        throw new DfsError('UNAVAILABLE', `Call ${path} to ${address} failed: no server at this address`);
      return binding.handle(bytes, context);
    };
    return {
      address,
      call: async (method, request) => method.decodeResponse(await handle(method.path, method.encodeRequest(request))),
      open: (method) => openStream((message) => handle(method.path, method.encode(message))),
      close: () => undefined,
    };
  }
}

/** A stream that hands each message over when the one before is handled; the first error ends it. */
function openStream(handle) {
  let end;
  let last = Promise.resolve();
  const ended = new Promise((resolve) => (end = resolve));
  return {
    ended,
    send: (message) => {
      last = last.then(() => handle(message));
      last.catch(end);
      return last;
    },
    close: () => end(new DfsError('CANCELLED', 'The stream was closed')),
  };
}
