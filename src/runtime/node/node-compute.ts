/** Whole-chunk CPU work: small pieces inline, large ones on a pool of threads. */
import { DfsError, isDfsError } from '../../shared/errors.js';
import { KIB } from '../../shared/limits.js';
import type { Compute } from '../../shared/runtime.js';
import { assertBlockSize, blockChecksums } from '../rules/block-checksums.js';
import { ThreadChecksums } from './checksum-pool.js';
import type { ChecksumPool } from './checksum-pool.js';

/** Below this a hop to a thread and back (about 0.1 ms) costs more than the checksums. */
const INLINE_BYTES_MAX = 256 * KIB;

export class NodeCompute implements Compute {
  readonly #pool: ChecksumPool | null;
  #isClosed = false;

  /** @param pool closed with this; null: everything is computed inline; left out: one of its own */
  constructor(pool: ChecksumPool | null = ThreadChecksums.create()) {
    this.#pool = pool;
  }

  /** @throws DfsError RESOURCE_EXHAUSTED when too much waits already, CANCELLED when closed */
  async blockChecksums(data: Uint8Array<ArrayBuffer>, blockSizeBytes: number): Promise<Uint32Array> {
    assertBlockSize(blockSizeBytes);
    this.#assertOpen();
    if (this.#pool === null || data.length <= INLINE_BYTES_MAX) return blockChecksums(data, blockSizeBytes);
    const { length } = data;
    // Only a buffer that is all ours can move; a view into a larger one (Buffer's pool) is copied.
    const own = data.byteLength === data.buffer.byteLength ? data : data.slice();
    try {
      return await this.#pool.run({ data: own, blockSizeBytes });
    } catch (error) {
      this.#assertOpen();
      if (isDfsError(error, 'RESOURCE_EXHAUSTED')) throw error;
      const reason = error instanceof Error ? error.message : String(error);
      throw new DfsError('INTERNAL', `Cannot compute the checksums of ${length} bytes: ${reason}`, { cause: error });
    }
  }

  #assertOpen(): void {
    if (this.#isClosed) throw new DfsError('CANCELLED', 'Checksums were cancelled: the runtime is closed');
  }

  /** Ends the threads; tasks under way reject with CANCELLED. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#pool?.close();
  }
}
