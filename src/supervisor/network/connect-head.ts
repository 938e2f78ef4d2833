/** Parses the head of an HTTP CONNECT request: identity of the sender, and requested address. Pure. */

/** Limit of a head; longer heads are rejected. */
export const HEAD_BYTES_MAX = 8 * 1024;

export interface ConnectHead {
  /** host:port of the request line, as sent. */
  readonly target: string;
  /** From Proxy-Authorization (Basic); empty when there is none. */
  readonly user: string;
  readonly password: string;
}

/** The status line of a refusal. */
export interface HeadRefusal {
  readonly status: 400 | 405;
  readonly reason: string;
}

/** The target of a CONNECT line: a host without blanks and a port. */
const REQUEST_LINE = /^([A-Z]{1,16}) (\S{1,512}) HTTP\/1\.[01]$/;
const AUTHORIZATION = /^proxy-authorization:[ \t]*basic[ \t]+([A-Za-z0-9+/=]{1,1024})[ \t]*$/i;

/**
 * Parses a request head without its closing empty line.
 * @param text lines separated by CR LF
 */
export function parseConnectHead(text: string): ConnectHead | HeadRefusal {
  const [requestLine = '', ...headers] = text.split('\r\n');
  const request = REQUEST_LINE.exec(requestLine);
  if (request === null) return { status: 400, reason: 'Bad Request' };
  if (request[1] !== 'CONNECT') return { status: 405, reason: 'Method Not Allowed' };
  let credentials = '';
  for (const header of headers) {
    const match = AUTHORIZATION.exec(header);
    if (match?.[1] !== undefined) credentials = Buffer.from(match[1], 'base64').toString('latin1');
  }
  const colon = credentials.indexOf(':');
  return {
    target: request[2] ?? '',
    user: colon < 0 ? credentials : credentials.slice(0, colon),
    password: colon < 0 ? '' : credentials.slice(colon + 1),
  };
}

/** Distinguishes a refusal from a head. */
export function isRefusal(head: ConnectHead | HeadRefusal): head is HeadRefusal {
  return 'status' in head;
}
