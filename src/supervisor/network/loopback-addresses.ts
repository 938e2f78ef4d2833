/**
 * Addresses of a lab. On Linux the whole of 127.0.0.0/8 is this machine: each lab reserves a free /24 network, with a host for each
 * node, so that no other process takes a dead node's port. Elsewhere all nodes share 127.0.0.1.
 */
import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { formatAddress, parseAddress } from '../../shared/address.js';
import type { NodeRole } from '../api/cluster-status.js';

const SHARED_HOST = '127.0.0.1';
/**
 * The fabric of every lab listens on 127.x.y.254 at the first of these ports that is free on all hosts. The port is the claim to
 * the /24: the system grants it to one process, and frees it when that process ends. The ports are below the range of outgoing
 * connections.
 */
const CLAIM_PORTS = [17_254, 17_255, 27_254];
const NETWORK_TRIES = 12;
const MASTER_HOST_FIRST = 1;
const DATANODE_HOST_FIRST = 11;

/**
 * Addresses for the fabric, best first.
 * @param kept address of a node of this lab at an earlier start: its network is tried first
 */
export function fabricCandidates(kept?: string): string[] {
  if (process.platform !== 'linux') return [`${SHARED_HOST}:0`];
  const networks: string[] = [];
  const before = kept === undefined ? undefined : networkOf(parseAddress(kept).host);
  if (before !== undefined && before !== networkOf(SHARED_HOST)) networks.push(before);
  // 127.0 and its neighbours are in use on some systems (127.0.1.1 is Debian's own name).
  while (networks.length < NETWORK_TRIES) networks.push(`127.${randomInt(16, 255)}.${randomInt(0, 256)}`);
  // The fallback is the address of other systems.
  return [...networks.flatMap((network) => CLAIM_PORTS.map((port) => `${network}.254:${port}`)), `${SHARED_HOST}:0`];
}

/** True when each node has a host of its own behind this fabric. */
export function hasOwnHosts(fabricAddress: string): boolean {
  return parseAddress(fabricAddress).host !== SHARED_HOST;
}

/**
 * A node's host in the fabric's network.
 * @param ordinal 1 for the first node of its role
 */
export function nodeHost(fabricAddress: string, role: NodeRole, ordinal: number): string {
  const { host } = parseAddress(fabricAddress);
  if (host === SHARED_HOST) return SHARED_HOST;
  return `${networkOf(host)}.${(role === 'master' ? MASTER_HOST_FIRST : DATANODE_HOST_FIRST) + ordinal - 1}`;
}

/** A free port of a host, chosen by the system: host:port. */
export async function freeAddress(host: string): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port: 0 }, resolve);
  });
  // Of a TCP server that listens, address() is always an AddressInfo.
  const { port } = server.address() as AddressInfo;
  await new Promise<void>((resolve) => server.close(() => resolve()));
  return formatAddress({ host, port });
}

function networkOf(host: string): string {
  return host.slice(0, host.lastIndexOf('.'));
}
