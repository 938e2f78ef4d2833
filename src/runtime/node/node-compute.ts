/** Whole-chunk CPU work on a pool of threads that is made when first needed and goes away when idle. */
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { Piscina } from 'piscina';
import { DfsError } from '../../shared/errors.js';
import { KIB } from '../../shared/limits.js';
import type { Compute } from '../../shared/runtime.js';
import { blockChecksums } from './block-checksums.js';
import type { ChecksumTask } from './checksum-worker.js';

/** Below this a hop to a thread and back (about 0.1 ms) costs more than the checksums. */
const INLINE_BYTES_MAX = 256 * KIB;
const THREADS_MAX = Math.max(1, Math.min(2, availableParallelism() - 1));
/** Tasks that wait for a thread: each holds up to a chunk of memory. */
const QUEUE_MAX = 16;
const IDLE_TIMEOUT_MS = 10_000;

/**
 * Node 20 cannot start a thread from TypeScript: run from sources (in tests), everything is computed inline.
 * The path begins above, so that it holds from a bundle too, whose files are as deep.
 */
const WORKER_FILE = import.meta.url.endsWith('.ts')
  ? null
  : fileURLToPath(new URL('../../runtime/node/checksum-worker.js', import.meta.url));

export class NodeCompute implements Compute {
  #pool: Promise<Piscina<ChecksumTask, Uint32Array>> | null = null;
  #isClosed = false;

  /** @throws DfsError RESOURCE_EXHAUSTED when too much waits already, CANCELLED when closed */
  async blockChecksums(data: Uint8Array<ArrayBuffer>, blockSizeBytes: number): Promise<Uint32Array> {
    if (!(blockSizeBytes > 0))
      throw new DfsError('INVALID_ARGUMENT', `Block size of ${blockSizeBytes} bytes: it must be above 0`);
    this.#assertOpen();
    if (WORKER_FILE === null || data.length <= INLINE_BYTES_MAX) return blockChecksums(data, blockSizeBytes);
    this.#pool ??= openPool(WORKER_FILE);
    const pool = await this.#pool;
    if (pool.queueSize >= QUEUE_MAX) {
      throw new DfsError('RESOURCE_EXHAUSTED', `${pool.queueSize} chunks wait for their checksums already: try again later`);
    }
    // Only a buffer that is all ours can move; a view into a larger one (Buffer's pool) is copied.
    const own = data.byteLength === data.buffer.byteLength ? data : data.slice();
    try {
      return await pool.run({ data: own, blockSizeBytes }, { transferList: [own.buffer] });
    } catch (error) {
      this.#assertOpen();
      const reason = error instanceof Error ? error.message : String(error);
      throw new DfsError('INTERNAL', `Cannot compute the checksums of ${data.length} bytes: ${reason}`, { cause: error });
    }
  }

  #assertOpen(): void {
    if (this.#isClosed) throw new DfsError('CANCELLED', 'Checksums were cancelled: the runtime is closed');
  }

  /** Ends the threads; tasks under way reject with CANCELLED. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await (await this.#pool)?.destroy();
  }
}

async function openPool(filename: string): Promise<Piscina<ChecksumTask, Uint32Array>> {
  const { Piscina } = await import('piscina');
  return new Piscina<ChecksumTask, Uint32Array>({
    filename,
    name: 'checksumTask',
    minThreads: 0,
    maxThreads: THREADS_MAX,
    idleTimeout: IDLE_TIMEOUT_MS,
    maxQueue: QUEUE_MAX,
  });
}
