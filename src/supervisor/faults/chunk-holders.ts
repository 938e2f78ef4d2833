/** What the master's picture of all chunks says of files. */
import type { ChunkView } from '../api/cluster-status.js';

/** Of all chunks. */
const CHUNKS_LOOKED_AT_MAX = 100_000;

/**
 * The nodes that hold a replica of one of a file's chunks.
 * @param chunks gives the first `limit` of all chunks
 */
export async function holdersOf(path: string, chunks: (limit: number) => Promise<readonly ChunkView[]>): Promise<string[]> {
  const own = (await chunks(CHUNKS_LOOKED_AT_MAX)).filter((chunk) => chunk.path === path);
  return [...new Set(own.flatMap((chunk) => chunk.nodeIds))].sort();
}

/**
 * Distinguishes chunks that belong to a file from the remains of deleted files, which wait for their own deletion.
 * @param chunks gives the first `limit` of all chunks
 * @returns a test of a chunk's uuid, true for all where the master does not say
 */
export async function chunksOfFiles(
  chunks: (limit: number) => Promise<readonly ChunkView[]>,
): Promise<(uuid: string) => boolean> {
  const known = await chunks(CHUNKS_LOOKED_AT_MAX).catch(() => []);
  if (known.length === 0 || known.length === CHUNKS_LOOKED_AT_MAX) return () => true;
  const uuids = new Set(known.map(({ uuid }) => uuid));
  return (uuid) => uuids.has(uuid);
}
