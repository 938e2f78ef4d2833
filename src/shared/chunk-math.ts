/** Converts byte offsets of a file to chunks and back. Imports nothing. */

export interface ChunkPosition {
  /** 0 for a file's first chunk. */
  readonly index: number;
  /** 0 <= offset < chunk size */
  readonly offset: number;
}

/** A part of one chunk. */
export interface ChunkRange extends ChunkPosition {
  readonly length: number;
}

/**
 * The chunk, and the offset in the chunk, of a byte of a file. Byte 70,000,000 of a file with 64 MiB chunks (67,108,864 bytes) is
 * at offset 2,891,136 of the chunk with index 1, its second.
 * @param byteOffset >= 0
 */
export function chunkPosition(byteOffset: number, chunkSizeBytes: number): ChunkPosition {
  const index = Math.floor(byteOffset / chunkSizeBytes);
  return { index, offset: byteOffset - index * chunkSizeBytes };
}

/** How many chunks a file of this length has; none for an empty one. */
export function chunkCount(lengthBytes: number, chunkSizeBytes: number): number {
  return Math.ceil(lengthBytes / chunkSizeBytes);
}

/**
 * The parts of chunks that make up the bytes [start, end) of a file, in order.
 * @param end exclusive; at most the file's length
 */
export function* chunkRanges(start: number, end: number, chunkSizeBytes: number): Generator<ChunkRange> {
  for (let at = start; at < end;) {
    const { index, offset } = chunkPosition(at, chunkSizeBytes);
    const length = Math.min(chunkSizeBytes - offset, end - at);
    yield { index, offset, length };
    at += length;
  }
}
