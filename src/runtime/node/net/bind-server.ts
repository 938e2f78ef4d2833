/** Opens a listening TCP socket, with errors that name the cause. */
import type { Server } from 'node:net';
import { formatAddress, parseAddress } from '../../../shared/address.js';
import { DfsError } from '../../../shared/errors.js';
import { systemCode } from '../base/disk-error.js';

/**
 * Starts to listen.
 * @param listen host:port; port 0: the system chooses
 * @returns the bound host:port
 * @throws DfsError ADDRESS_IN_USE, PERMISSION_DENIED, INVALID_ARGUMENT (no such address on this machine), IO_ERROR
 */
export function bindServer(server: Server, listen: string): Promise<string> {
  const { host, port } = parseAddress(listen);
  return new Promise((resolve, reject) => {
    const onError = (error: Error): void => reject(bindError(error, listen));
    server.once('error', onError);
    server.listen({ host, port, exclusive: true }, () => {
      server.off('error', onError);
      // Errors of accept, such as a lack of descriptors, are temporary; the listener remains open.
      server.on('error', () => undefined);
      const bound = server.address();
      if (bound === null || typeof bound === 'string') reject(new DfsError('INTERNAL', `"${listen}" was bound to no TCP port`));
      else resolve(formatAddress({ host: bound.address, port: bound.port }));
    });
  });
}

function bindError(error: Error, listen: string): DfsError {
  const message = `Cannot listen on ${listen}: ${error.message}`;
  switch (systemCode(error)) {
    case 'EADDRINUSE':
      return new DfsError('ADDRESS_IN_USE', message, { cause: error });
    case 'EACCES':
      return new DfsError('PERMISSION_DENIED', message, { cause: error });
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return new DfsError('INVALID_ARGUMENT', message, { cause: error });
    default:
      return new DfsError('IO_ERROR', message, { cause: error });
  }
}

/** host:port of the other side of an accepted socket, as far as known. */
export function peerOf(socket: {
  readonly remoteAddress?: string | undefined;
  readonly remotePort?: number | undefined;
}): string {
  return formatAddress({ host: socket.remoteAddress ?? 'unknown', port: socket.remotePort ?? 0 });
}
