/** Finds the nodes that hold a file, in the master's picture of all chunks. */
import type { ChunkView } from './types.js';

/** Of all chunks, when the holders of one file are looked for. */
const CHUNKS_LOOKED_AT_MAX = 100_000;

/**
 * The nodes that hold a replica of one of a file's chunks.
 * @param chunks gives the first `limit` of all chunks
 */
export async function holdersOf(path: string, chunks: (limit: number) => Promise<readonly ChunkView[]>): Promise<string[]> {
  const own = (await chunks(CHUNKS_LOOKED_AT_MAX)).filter((chunk) => chunk.path === path);
  return [...new Set(own.flatMap((chunk) => chunk.nodeIds))].sort();
}
