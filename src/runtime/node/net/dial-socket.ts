/** An outgoing TCP connection within a bound. */
import { createConnection, type Socket } from 'node:net';
import type { Address } from '../../../shared/address.js';
import { formatAddress } from '../../../shared/address.js';
import { DfsError, isDfsError } from '../../../shared/errors.js';
import type { DialOptions } from '../../../shared/runtime.js';
import { isShortOfDescriptors } from '../base/disk-error.js';
import { openTunnel, type Proxy } from './http-connect.js';
import { messageOf } from '../../../shared/error-text.js';

/**
 * Connects to an address, directly or through a proxy. The caller owns the socket and must close both directions.
 * @param address host:port of the target
 * @throws DfsError UNAVAILABLE (refused, unknown host, not within `timeoutMs`), RESOURCE_EXHAUSTED, CANCELLED, PROTOCOL_ERROR
 */
export async function dialSocket(address: Address, proxy: Proxy | null, options: DialOptions): Promise<Socket> {
  const target = formatAddress(address);
  if (options.signal?.aborted === true) throw cancelled(target, options.signal);
  const hop = proxy ?? address;
  const socket = createConnection({ host: hop.host, port: hop.port, allowHalfOpen: true, noDelay: true, keepAlive: true });
  const failure = watchConnecting(target, options);
  try {
    await Promise.race([connected(socket), failure.promise]);
    if (proxy !== null) await Promise.race([openTunnel(socket, target, proxy), failure.promise]);
    return socket;
  } catch (error) {
    socket.destroy();
    if (isDfsError(error)) throw error;
    const reason = messageOf(error);
    const via = proxy === null ? '' : ` through the proxy ${formatAddress(proxy)}`;
    // The target has no part in a lack of this process.
    const code = isShortOfDescriptors(error) ? 'RESOURCE_EXHAUSTED' : 'UNAVAILABLE';
    throw new DfsError(code, `Cannot connect to ${target}${via}: ${reason}`, { cause: error });
  } finally {
    failure.stop();
  }
}

function connected(socket: Socket): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('error', reject);
    // A socket without an error listener would end the process: this listener remains until a stream adds its own.
    socket.on('error', () => undefined);
  });
}

/** A promise that rejects when the time is up or the signal fires, and never resolves. */
function watchConnecting(target: string, options: DialOptions): { promise: Promise<never>; stop: () => void } {
  let stop = (): void => undefined;
  const promise = new Promise<never>((_resolve, reject) => {
    const timer = setTimeout(() => {
      reject(new DfsError('UNAVAILABLE', `Cannot connect to ${target}: not connected after ${options.timeoutMs} ms`));
    }, options.timeoutMs);
    const onAbort = (): void => reject(cancelled(target, options.signal));
    options.signal?.addEventListener('abort', onAbort, { once: true });
    stop = () => {
      clearTimeout(timer);
      options.signal?.removeEventListener('abort', onAbort);
    };
  });
  // The promise may reject between two waits, when it has no other handler.
  promise.catch(() => undefined);
  return { promise, stop };
}

const cancelled = (target: string, signal: AbortSignal | undefined): DfsError =>
  new DfsError('CANCELLED', `Connecting to ${target} was cancelled`, { cause: signal?.reason });
