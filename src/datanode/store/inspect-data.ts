/** Compares a data file with the checksums of a meta, and says which blocks do not match. */
import { BLOCK_BYTES } from '../../shared/limits.js';
import type { Runtime } from '../../shared/runtime.js';
import type { ChunkMeta } from './chunk-meta.js';

export interface Inspection {
  /** Length of the file; good data has exactly the meta's. */
  readonly fileBytes: number;
  /** Numbers of the blocks that do not match their checksum, or are cut off, ascending. The others can be served. */
  readonly badBlocks: readonly number[];
}

/** Whole chunks are verified in pieces of this size, so that memory stays bounded. A multiple of BLOCK_BYTES. */
const PIECE_BYTES = 128 * BLOCK_BYTES;

/**
 * Reads the whole file.
 * Rejects with NOT_FOUND when there is none, IO_ERROR when the disk cannot read it.
 */
export async function inspectData(
  { disk, compute }: Pick<Runtime, 'disk' | 'compute'>,
  path: string,
  meta: ChunkMeta,
): Promise<Inspection> {
  const file = await disk.open(path, 'read');
  try {
    const fileBytes = await file.sizeBytes();
    const badBlocks: number[] = [];
    for (let at = 0; at < meta.lengthBytes; at += PIECE_BYTES) {
      const piece = new Uint8Array(Math.min(PIECE_BYTES, meta.lengthBytes - at));
      // What a file that was cut off lacks stays zero, and does not count as a match below.
      const end = at + (await file.read(piece, at));
      const found = await compute.blockChecksums(piece, BLOCK_BYTES);
      for (const [i, checksum] of found.entries()) {
        const block = at / BLOCK_BYTES + i;
        const blockEnd = Math.min((block + 1) * BLOCK_BYTES, meta.lengthBytes);
        if (blockEnd > end || checksum !== meta.checksums[block]) badBlocks.push(block);
      }
    }
    return { fileBytes, badBlocks };
  } finally {
    await file.close();
  }
}

/** Tells whether the data is exactly what the meta says. */
export function isWhole(inspection: Inspection, meta: ChunkMeta): boolean {
  return inspection.badBlocks.length === 0 && inspection.fileBytes === meta.lengthBytes;
}
