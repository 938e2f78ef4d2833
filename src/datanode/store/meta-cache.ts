/** Metas of chunks read or written lately, bounded by their size. */
import { MIB } from '../../shared/limits.js';
import type { ChunkMeta } from './chunk-meta.js';

/** Of checksums: 8 MiB cover 128 GiB of chunks. */
const CACHE_BYTES_MAX = 8 * MIB;
/** What an entry costs beside its checksums, roughly. */
const ENTRY_BYTES = 128;

export class MetaCache {
  /** Least recently used first. */
  readonly #metas = new Map<number, ChunkMeta>();
  #bytes = 0;

  /** The meta of a chunk at exactly this version, if it is known. */
  get(chunkId: number, version: number): ChunkMeta | undefined {
    const meta = this.#metas.get(chunkId);
    if (meta?.version !== version) return undefined;
    this.#metas.delete(chunkId);
    this.#metas.set(chunkId, meta);
    return meta;
  }

  set(chunkId: number, meta: ChunkMeta): void {
    this.delete(chunkId);
    this.#metas.set(chunkId, meta);
    this.#bytes += costOf(meta);
    for (const oldest of this.#metas.keys()) {
      if (this.#bytes <= CACHE_BYTES_MAX) break;
      this.delete(oldest);
    }
  }

  delete(chunkId: number): void {
    const meta = this.#metas.get(chunkId);
    if (meta === undefined) return;
    this.#metas.delete(chunkId);
    this.#bytes -= costOf(meta);
  }
}

function costOf(meta: ChunkMeta): number {
  return meta.checksums.byteLength + ENTRY_BYTES;
}
