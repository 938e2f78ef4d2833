/**
 * Chunk ids. A chunk's id is a counter of its cluster (8 bytes in memory and on the wire); the uuid in its file name is
 * derived from it: 48 bits of the cluster id, version 8 (RFC 9562, "custom"), then the counter in the last 62 bits.
 *
 *   cccccccc-cccc-8000-8nnn-nnnnnnnnnnnn     c: cluster, n: counter (below 2^53)
 */
import { DfsError } from './errors.js';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-8000-8[0-9a-f]{3}-[0-9a-f]{12}$/;

/**
 * The uuid of a chunk.
 * @param clusterId a uuid
 * @param chunkId 0 < chunkId < 2^53
 */
export function chunkUuid(clusterId: string, chunkId: number): string {
  const counter = chunkId.toString(16).padStart(15, '0');
  return `${clusterId.slice(0, 8)}-${clusterId.slice(9, 13)}-8000-8${counter.slice(0, 3)}-${counter.slice(3)}`;
}

/**
 * The counter in a chunk's uuid, or null when the uuid is not one of this cluster's.
 */
export function chunkIdOfUuid(clusterId: string, uuid: string): number | null {
  if (!UUID.test(uuid)) return null;
  if (uuid.slice(0, 8) !== clusterId.slice(0, 8) || uuid.slice(9, 13) !== clusterId.slice(9, 13)) return null;
  const counter = Number.parseInt(uuid.slice(20, 23) + uuid.slice(24), 16);
  return Number.isSafeInteger(counter) && counter > 0 ? counter : null;
}

/**
 * A random uuid (version 4) from 16 random bytes: cluster ids, incarnations.
 * @throws DfsError INVALID_ARGUMENT when not given exactly 16 bytes
 */
export function uuidFromBytes(bytes: Uint8Array): string {
  if (bytes.length !== 16) throw new DfsError('INVALID_ARGUMENT', `Cannot make a uuid of ${bytes.length} bytes: 16 are needed`);
  const raw = Uint8Array.from(bytes);
  raw[6] = ((raw[6] ?? 0) & 0x0f) | 0x40;
  raw[8] = ((raw[8] ?? 0) & 0x3f) | 0x80;
  const hex = Array.from(raw, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
