/**
 * The `.meta` file beside a chunk: what its data must be.
 *
 *   meta := magic "DFCM", format u8 = 1, zero u8 × 3, version u64, length u64, block size u32, crc32 u32 × blocks, own crc32 u32
 *
 * All integers are big-endian. blocks = ceil(length / block size); the own CRC covers every byte before it.
 */
import { crc32 } from '../../shared/crc32.js';
import { DfsError } from '../../shared/errors.js';
import { BLOCK_BYTES, CHUNK_BYTES_MAX } from '../../shared/limits.js';

export interface ChunkMeta {
  /** > 0 */
  readonly version: number;
  /** Of the chunk's data; 0..CHUNK_BYTES_MAX. */
  readonly lengthBytes: number;
  /** CRC32 of each block of BLOCK_BYTES, the last one shorter. */
  readonly checksums: Uint32Array;
}

const MAGIC = 0x4446434d;
const FORMAT = 1;
const HEADER_BYTES = 28;
const CHECKSUM_BYTES = 4;

/** A longer file is not a meta. */
export const META_BYTES_MAX = HEADER_BYTES + Math.ceil(CHUNK_BYTES_MAX / BLOCK_BYTES) * CHECKSUM_BYTES + CHECKSUM_BYTES;

/** How many blocks that many bytes make. */
export function blockCount(lengthBytes: number): number {
  return Math.ceil(lengthBytes / BLOCK_BYTES);
}

/** The bytes of a `.meta` file. */
export function encodeChunkMeta(meta: ChunkMeta): Uint8Array {
  const bytes = new Uint8Array(HEADER_BYTES + (meta.checksums.length + 1) * CHECKSUM_BYTES);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, MAGIC);
  view.setUint8(4, FORMAT);
  view.setBigUint64(8, BigInt(meta.version));
  view.setBigUint64(16, BigInt(meta.lengthBytes));
  view.setUint32(24, BLOCK_BYTES);
  for (const [i, checksum] of meta.checksums.entries()) view.setUint32(HEADER_BYTES + i * CHECKSUM_BYTES, checksum);
  const end = bytes.length - CHECKSUM_BYTES;
  view.setUint32(end, crc32(bytes.subarray(0, end)));
  return bytes;
}

/**
 * Reads the bytes of a `.meta` file.
 * @throws DfsError DATA_CORRUPT on anything that encodeChunkMeta did not make
 */
export function decodeChunkMeta(bytes: Uint8Array): ChunkMeta {
  if (bytes.length < HEADER_BYTES + CHECKSUM_BYTES || bytes.length > META_BYTES_MAX)
    throw damaged(`it has ${bytes.length} bytes`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint32(0) !== MAGIC) throw damaged('it does not start with "DFCM"');
  const end = bytes.length - CHECKSUM_BYTES;
  if (view.getUint32(end) !== crc32(bytes.subarray(0, end))) throw damaged('it does not match its own checksum');
  if (view.getUint8(4) !== FORMAT) throw damaged(`its format is ${view.getUint8(4)}, only ${FORMAT} is known`);
  const version = Number(view.getBigUint64(8));
  const lengthBytes = Number(view.getBigUint64(16));
  if (!Number.isSafeInteger(version) || version < 1) throw damaged(`its version is ${version}`);
  if (lengthBytes > CHUNK_BYTES_MAX) throw damaged(`its length is ${lengthBytes}`);
  if (view.getUint32(24) !== BLOCK_BYTES) throw damaged(`its block size is ${view.getUint32(24)}`);
  const blocks = (end - HEADER_BYTES) / CHECKSUM_BYTES;
  if (blocks !== blockCount(lengthBytes)) throw damaged(`it has ${blocks} checksums for ${lengthBytes} bytes`);
  const checksums = Uint32Array.from({ length: blocks }, (_, i) => view.getUint32(HEADER_BYTES + i * CHECKSUM_BYTES));
  return { version, lengthBytes, checksums };
}

function damaged(why: string): DfsError {
  return new DfsError('DATA_CORRUPT', `Cannot read chunk meta: ${why}`);
}
