/** Whole-chunk CPU work: small pieces inline, large ones on a pool of threads. */
import { DfsError, isDfsError } from '../../shared/errors.js';
import { KIB } from '../../shared/limits.js';
import type { Compute } from '../../shared/runtime.js';
import { assertBlockSize, blockChecksums } from '../rules/block-checksums.js';
import { ThreadChecksums } from './checksum-pool.js';
import type { ChecksumPool } from './checksum-pool.js';
import { messageOf } from '../../shared/error-text.js';

/** For fewer bytes the transfer to a thread and back (about 0.1 ms) costs more than the checksums. */
const INLINE_BYTES_MAX = 256 * KIB;

export class NodeCompute implements Compute {
  readonly #pool: ChecksumPool | null;
  #isClosed = false;

  /** @param pool closed with this object; null: all checksums are computed inline. Default: a new pool */
  constructor(pool: ChecksumPool | null = ThreadChecksums.create()) {
    this.#pool = pool;
  }

  /** @throws DfsError RESOURCE_EXHAUSTED when the queue is full, CANCELLED when closed */
  async blockChecksums(data: Uint8Array<ArrayBuffer>, blockSizeBytes: number): Promise<Uint32Array> {
    assertBlockSize(blockSizeBytes);
    this.#assertOpen();
    if (this.#pool === null || data.length <= INLINE_BYTES_MAX) return blockChecksums(data, blockSizeBytes);
    const { length } = data;
    // Only a whole buffer can be transferred; a view into a larger buffer (Buffer's pool) is copied.
    const own = data.byteLength === data.buffer.byteLength ? data : data.slice();
    try {
      return await this.#pool.run({ data: own, blockSizeBytes });
    } catch (error) {
      this.#assertOpen();
      if (isDfsError(error, 'RESOURCE_EXHAUSTED')) throw error;
      const reason = messageOf(error);
      throw new DfsError('INTERNAL', `Cannot compute the checksums of ${length} bytes: ${reason}`, { cause: error });
    }
  }

  #assertOpen(): void {
    if (this.#isClosed) throw new DfsError('CANCELLED', 'Checksums were cancelled: the runtime is closed');
  }

  /** Ends the threads; pending tasks reject with CANCELLED. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#pool?.close();
  }
}
