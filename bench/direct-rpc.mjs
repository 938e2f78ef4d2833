/** The Rpc of the Runtime without gRPC: calls pass encoded messages to servers in the same process. For benchmarks. */
import { DfsError } from '../dist/shared/errors.js';

export class DirectRpc {
  #servers = new Map();

  async serve(listen, bindings) {
    this.#servers.set(listen, new Map(bindings.map((binding) => [binding.path, binding])));
    return { address: listen, stop: async () => void this.#servers.delete(listen) };
  }

  connect(address) {
    const signal = AbortSignal.any([]);
    return {
      address,
      call: async (method, request) => {
        const binding = this.#servers.get(address)?.get(method.path);
        if (binding === undefined)
          throw new DfsError('UNAVAILABLE', `Call ${method.path} to ${address} failed: no server at this address`);
        const bytes = await binding.handle(method.encodeRequest(request), { peer: 'direct', signal });
        return method.decodeResponse(bytes);
      },
      close: () => undefined,
    };
  }
}
