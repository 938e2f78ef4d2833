/** The CRC32 of a file, combined from what the datanodes recorded when it was written: no data is read. */
import { chunkRanges } from '../../shared/chunk-math.js';
import { Crc32Combiner } from '../../protocol/crc32-combine.js';
import type { ClientContext } from '../transfer/client-context.js';
import { type ChunkChecksum, chunkChecksum } from './chunk-checksum.js';
import { LocationCache } from './location-cache.js';

/** Requests under way for one file. */
const CHUNKS_UNDER_WAY_MAX = 8;
/** Differing chunks that are listed. */
const DIFFERENCES_MAX = 100;

/**
 * What the datanodes have recorded of a file's bytes. It proves what was written, and that two replicas of a chunk agree about it; not that
 * the disks hold it still, which only a read verifies.
 */
export interface FileChecksum {
  readonly path: string;
  /** As zlib's crc32; null when replicas differ. */
  readonly crc32: number | null;
  /** Bytes. */
  readonly length: number;
  readonly chunks: number;
  /** Chunks of which two replicas were compared. */
  readonly compared: number;
  /** Chunks whose replicas differ; at most 100 are listed. */
  readonly differences: readonly ChunkChecksum[];
}

/**
 * The CRC32s of a file's chunks, in order.
 * @param end exclusive: of the last chunk only whole checksum blocks before it count
 * @throws DfsError as chunkChecksum; NOT_FOUND, IS_A_DIRECTORY, …
 */
export async function* chunkChecksums(
  context: ClientContext,
  path: string,
  end: number,
  signal: AbortSignal | undefined,
): AsyncGenerator<ChunkChecksum, void, undefined> {
  const locations = await LocationCache.open(context.master, path, signal === undefined ? {} : { signal });
  const scope = context.closing.open(signal);
  try {
    yield* checksumsOf(context, locations, end, scope.signal);
  } finally {
    // Requests that the caller does not wait for any more.
    scope.abort();
    scope.release();
  }
}

/** The CRC32 of a whole file. Throws as chunkChecksums. */
export async function fileChecksum(context: ClientContext, path: string, signal: AbortSignal | undefined): Promise<FileChecksum> {
  const whole = new Crc32Combiner();
  const differences: ChunkChecksum[] = [];
  let [chunks, compared] = [0, 0];
  for await (const chunk of chunkChecksums(context, path, Infinity, signal)) {
    chunks++;
    if (chunk.replicas.length > 1) compared++;
    whole.add(chunk.crc32 ?? 0, chunk.length);
    if (chunk.crc32 === null && differences.length < DIFFERENCES_MAX) differences.push(chunk);
  }
  const crc32 = differences.length === 0 ? whole.crc32 : null;
  return { path, crc32, length: whole.lengthBytes, chunks, compared, differences };
}

async function* checksumsOf(
  context: ClientContext,
  locations: LocationCache,
  end: number,
  signal: AbortSignal,
): AsyncGenerator<ChunkChecksum, void, undefined> {
  const { lengthBytes, chunkSizeBytes } = locations.file;
  const underWay: Promise<ChunkChecksum>[] = [];
  for (const { index, length } of chunkRanges(0, Math.min(end, lengthBytes), chunkSizeBytes)) {
    const asked = chunkChecksum(context, locations, index, length, signal);
    // A failure is thrown when its turn comes; until then it is expected.
    asked.catch(() => undefined);
    underWay.push(asked);
    const oldest = underWay.length < CHUNKS_UNDER_WAY_MAX ? undefined : underWay.shift();
    if (oldest !== undefined) yield await oldest;
  }
  for (const asked of underWay) yield await asked;
}
