/** HTTP CONNECT (RFC 9110, 9.3.6): a byte tunnel to a target through a proxy. */
import type { Socket } from 'node:net';
import { DfsError } from '../../../shared/errors.js';

export interface Proxy {
  readonly host: string;
  readonly port: number;
  /** The value of Proxy-Authorization; null when the URL has no credentials. */
  readonly authorization: string | null;
}

/** An answer with a longer head is invalid. */
const HEAD_BYTES_MAX = 16 * 1024;
const HEAD_END = '\r\n\r\n';

/**
 * Reads `http://user:token@host:port`. Credentials are optional. Default port: 80.
 * @throws DfsError INVALID_ARGUMENT
 */
export function parseProxyUrl(text: string): Proxy {
  try {
    const url = new URL(text);
    if (url.protocol !== 'http:' || url.hostname === '') throw new Error('no http://host');
    const credentials = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
    return {
      host: url.hostname.replace(/^\[|\]$/g, ''),
      port: url.port === '' ? 80 : Number(url.port),
      authorization: url.username === '' ? null : `Basic ${Buffer.from(credentials).toString('base64')}`,
    };
  } catch {
    // The text, and errors about it, may contain a secret: the message repeats neither.
    throw new DfsError('INVALID_ARGUMENT', 'The proxy URL is not of the form http://user:token@host:port');
  }
}

/**
 * Asks the proxy at the other end of `socket` for a tunnel. Afterwards the socket carries the target's bytes; it is paused, and
 * bytes that arrived with the answer can be read from it. The wait has no timeout: the caller limits it by destroying the socket.
 * @param target host:port
 * @throws DfsError UNAVAILABLE when the proxy refuses or hangs up, PROTOCOL_ERROR when its answer is not HTTP
 */
export function openTunnel(socket: Socket, target: string, proxy: Proxy): Promise<void> {
  return new Promise((resolve, reject) => {
    let received = Buffer.alloc(0);
    const settle = (error: DfsError | null): void => {
      socket.off('readable', onReadable);
      socket.off('close', onClose);
      socket.off('end', onClose);
      socket.off('error', onClose);
      if (error === null) resolve();
      else reject(error);
    };
    const onClose = (): void => {
      settle(new DfsError('UNAVAILABLE', `The proxy ${proxy.host}:${proxy.port} hung up on the way to ${target}`));
    };
    const onReadable = (): void => {
      const piece: unknown = socket.read();
      if (!Buffer.isBuffer(piece)) return;
      received = Buffer.concat([received, piece]);
      const end = received.indexOf(HEAD_END);
      if (end < 0 && received.length <= HEAD_BYTES_MAX) return;
      const status = /^HTTP\/1\.[01] (\d{3})[ \r]/.exec(received.toString('latin1', 0, 16))?.[1];
      if (end < 0 || status === undefined) {
        settle(new DfsError('PROTOCOL_ERROR', `The proxy ${proxy.host}:${proxy.port} gave no HTTP answer to CONNECT ${target}`));
      } else if (status.startsWith('2')) {
        socket.pause();
        const rest = received.subarray(end + HEAD_END.length);
        if (rest.length > 0) socket.unshift(rest);
        settle(null);
      } else {
        settle(new DfsError('UNAVAILABLE', `The proxy ${proxy.host}:${proxy.port} refused CONNECT ${target}: ${status}`));
      }
    };
    socket.on('readable', onReadable);
    socket.on('close', onClose);
    socket.on('end', onClose);
    socket.on('error', onClose);
    const authorization = proxy.authorization === null ? '' : `Proxy-Authorization: ${proxy.authorization}\r\n`;
    socket.write(`CONNECT ${target} HTTP/1.1\r\nHost: ${target}\r\n${authorization}\r\n`);
  });
}
