/** host:port, as every address in DistriFS is written; IPv6 hosts in brackets. */
import { DfsError } from './errors.js';

export interface Address {
  readonly host: string;
  /** 0..65535 */
  readonly port: number;
}

function readAddress(text: string): Address | null {
  const match = /^(?:\[([0-9a-fA-F:.%]+)\]|([^\s:[\]/@]+)):(\d{1,5})$/.exec(text);
  const host = match?.[1] ?? match?.[2];
  const port = Number(match?.[3]);
  return host === undefined || !(port <= 65_535) ? null : { host, port };
}

/** Returns whether a text is `host:port` or `[v6]:port`. */
export function isAddress(text: string): boolean {
  return readAddress(text) !== null;
}

/**
 * Reads `host:port` or `[v6]:port`.
 * @throws DfsError INVALID_ARGUMENT
 */
export function parseAddress(text: string): Address {
  const address = readAddress(text);
  if (address !== null) return address;
  throw new DfsError('INVALID_ARGUMENT', `"${text}" is not an address: write host:port, with a port from 0 to 65535`);
}

/** The reverse of parseAddress. */
export function formatAddress(address: Address): string {
  return address.host.includes(':') ? `[${address.host}]:${address.port}` : `${address.host}:${address.port}`;
}
