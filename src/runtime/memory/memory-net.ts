/** Net of the simulated runtime: listens and dials on the simulated network. */
import { DfsError } from '../../shared/errors.js';
import type { ByteStream, DialOptions, Listener, Net } from '../../shared/runtime.js';
import type { Endpoint } from './connection.js';
import { MemoryStream } from './memory-stream.js';
import type { Network } from './network.js';
import type { Operation, SimProcess } from './sim-process.js';

/** The net of `process`. */
export function createMemoryNet(network: Network, process: SimProcess): Net {
  return {
    listen: (address, onStream) => process.perform(`net.listen ${address}`, () => bind(network, process, address, onStream)),
    dial: (address, options) =>
      process.operate<ByteStream>(`net.dial ${address}`, (operation) => dial(network, process, address, options, operation)),
  };
}

function bind(network: Network, process: SimProcess, address: string, onStream: (stream: ByteStream) => void): Listener {
  const streams = new Set<MemoryStream>();
  const port = network.listen(process, address, (endpoint) => {
    const stream: MemoryStream = new MemoryStream(process, endpoint, () => streams.delete(stream));
    streams.add(stream);
    onStream(stream);
  });
  const close = (): void => {
    port.release();
    for (const stream of [...streams]) stream.destroy();
  };
  return { address: port.address, close: () => process.perform(`net.close ${port.address}`, close) };
}

function dial(
  network: Network,
  process: SimProcess,
  address: string,
  options: DialOptions,
  operation: Operation<ByteStream>,
): void {
  let endpoint: Endpoint | null = null;
  const settle = (result: MemoryStream | DfsError): void => {
    process.scheduler.cancel(watchdog);
    options.signal?.removeEventListener('abort', onAbort);
    if (result instanceof DfsError) {
      endpoint?.finish(false);
      operation.reject(result);
    } else {
      operation.resolve(result);
    }
  };
  const cancelled = (): DfsError => new DfsError('CANCELLED', `Connecting to ${address} was cancelled`);
  const onAbort = (): void => void process.soon(`net.cancel ${address}`, () => settle(cancelled()));
  const watchdog = process.after(`net.watchdog ${address}`, options.timeoutMs * 1_000, () =>
    settle(new DfsError('UNAVAILABLE', `Cannot connect to ${address}: no answer for ${options.timeoutMs} ms`)),
  );
  if (options.signal?.aborted === true) {
    settle(cancelled());
    return;
  }
  options.signal?.addEventListener('abort', onAbort);
  try {
    const dialer = network.connect(process, address, {
      onConnected: () => {
        const stream = new MemoryStream(process, dialer);
        dialer.send({ kind: 'ack' });
        settle(stream);
      },
      onMessage: () => undefined,
      onReset: () => settle(new DfsError('UNAVAILABLE', `Cannot connect to ${address}: refused`)),
    });
    endpoint = dialer;
  } catch (error) {
    settle(error instanceof DfsError ? error : new DfsError('UNAVAILABLE', `Cannot connect to ${address}`, { cause: error }));
  }
}
