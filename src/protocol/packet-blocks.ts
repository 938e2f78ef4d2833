/** Checksums of the blocks that a packet carries. */
import { crc32 } from '../shared/crc32.js';
import { BLOCK_BYTES } from '../shared/limits.js';
import { touchedBlocks } from './frames.js';

/** crc32 of each block of data that begins at an offset of a chunk. */
export function packetChecksums(offset: number, data: Uint8Array): Uint32Array {
  const checksums = new Uint32Array(touchedBlocks(offset, data.length));
  for (const [i, block] of blocksOf(offset, data).entries()) checksums[i] = crc32(block);
  return checksums;
}

/**
 * Offset in the chunk of the first block that does not match its checksum; null: all match.
 * @param checksums as many as `data` has blocks
 */
export function badBlockOffset(offset: number, data: Uint8Array, checksums: Uint32Array): number | null {
  let at = offset;
  for (const [i, block] of blocksOf(offset, data).entries()) {
    if (crc32(block) !== checksums[i]) return at;
    at += block.length;
  }
  return null;
}

function blocksOf(offset: number, data: Uint8Array): Uint8Array[] {
  const blocks: Uint8Array[] = [];
  for (let at = 0; at < data.length;) {
    const end = Math.min(data.length, at + BLOCK_BYTES - ((offset + at) % BLOCK_BYTES));
    blocks.push(data.subarray(at, end));
    at = end;
  }
  return blocks;
}
