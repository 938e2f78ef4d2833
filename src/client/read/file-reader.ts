/** An open file: reads any range of its bytes from its chunks. */
import type { FileInfo__Output } from '../../protocol/generated/distrifs/v1/FileInfo.js';
import { chunkRanges } from '../../shared/chunk-math.js';
import type { ClientContext } from '../transfer/client-context.js';
import type { PacketMemory } from '../transfer/own-memory.js';
import { readChunk } from './chunk-reader.js';
import { LocationCache } from './location-cache.js';

export class FileReader {
  readonly #context: ClientContext;
  readonly #locations: LocationCache;

  private constructor(context: ClientContext, locations: LocationCache) {
    this.#context = context;
    this.#locations = locations;
  }

  /**
   * @param signal ends the opening, and the calls to the master of every read, with CANCELLED
   * @throws DfsError NOT_FOUND, NOT_A_DIRECTORY (a parent), IS_A_DIRECTORY, …
   */
  static async open(context: ClientContext, path: string, signal?: AbortSignal): Promise<FileReader> {
    return new FileReader(context, await LocationCache.open(context.master, path, signal === undefined ? {} : { signal }));
  }

  /** The file's attributes at the time of opening. */
  get file(): FileInfo__Output {
    return this.#locations.file;
  }

  /**
   * The bytes [start, end), cut at the file's length, in pieces of at most a packet. The pieces are views: use or copy a piece
   * before requesting the next, unless their memory is the caller's own.
   * @param signal aborts the read, with CANCELLED
   * @param memory of the pieces. Default: the runtime's, which is used again
   * @throws DfsError CHUNK_UNAVAILABLE; STALE_HANDLE when the file was deleted or replaced and a chunk no longer exists
   */
  async *read(
    start: number,
    end: number,
    signal?: AbortSignal,
    memory: PacketMemory = this.#context.runtime.memory,
  ): AsyncGenerator<Uint8Array, void, undefined> {
    const { lengthBytes, chunkSizeBytes } = this.file;
    const scope = this.#context.closing.open(signal);
    try {
      for (const range of chunkRanges(start, Math.min(end, lengthBytes), chunkSizeBytes)) {
        yield* readChunk(this.#context, this.#locations, range, scope.signal, memory);
      }
    } finally {
      scope.release();
    }
  }
}
