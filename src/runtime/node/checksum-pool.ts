/** Where NodeCompute has the checksums of large pieces computed: threads of its own process, or those of the process it is a thread of. */
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { Piscina } from 'piscina';
import { DfsError } from '../../shared/errors.js';
import type { ChecksumTask } from './checksum-worker.js';

export interface ChecksumPool {
  /**
   * Moves the task's bytes to another thread.
   * @param task its bytes fill their buffer
   * @throws DfsError RESOURCE_EXHAUSTED when too much waits already; whatever else means that the pool failed
   */
  run(task: ChecksumTask): Promise<Uint32Array>;
  /** Tasks under way reject. Safe to call twice. */
  close(): Promise<void>;
}

/** Tasks of one node that wait for a thread: each holds up to a chunk of memory. */
export const NODE_QUEUE_MAX = 16;
const THREADS_MAX = Math.max(1, Math.min(2, availableParallelism() - 1));
const IDLE_TIMEOUT_MS = 10_000;

/**
 * Node 20 cannot start a thread from TypeScript: run from sources (in tests), there is no pool.
 * The path begins above, so that it holds from a bundle too, whose files are as deep.
 */
const WORKER_FILE = import.meta.url.endsWith('.ts')
  ? null
  : fileURLToPath(new URL('../../runtime/node/checksum-worker.js', import.meta.url));

/** Threads that are made when first needed and go away when idle. */
export class ThreadChecksums implements ChecksumPool {
  readonly #file: string;
  readonly #queueMax: number;
  #pool: Promise<Piscina<ChecksumTask, Uint32Array>> | null = null;

  /** @param queueMax tasks that may wait */
  constructor(file: string, queueMax: number) {
    this.#file = file;
    this.#queueMax = queueMax;
  }

  /** null where there can be no threads. @param queueMax tasks that may wait */
  static create(queueMax = NODE_QUEUE_MAX): ThreadChecksums | null {
    return WORKER_FILE === null ? null : new ThreadChecksums(WORKER_FILE, queueMax);
  }

  async run(task: ChecksumTask): Promise<Uint32Array> {
    this.#pool ??= this.#open();
    const pool = await this.#pool;
    if (pool.queueSize >= this.#queueMax) throw tooMuchWaits(pool.queueSize);
    return pool.run(task, { transferList: [task.data.buffer] });
  }

  async close(): Promise<void> {
    await (await this.#pool)?.destroy();
  }

  async #open(): Promise<Piscina<ChecksumTask, Uint32Array>> {
    const { Piscina } = await import('piscina');
    return new Piscina<ChecksumTask, Uint32Array>({
      filename: this.#file,
      name: 'checksumTask',
      minThreads: 0,
      maxThreads: THREADS_MAX,
      idleTimeout: IDLE_TIMEOUT_MS,
      maxQueue: this.#queueMax,
    });
  }
}

export const tooMuchWaits = (waiting: number): DfsError =>
  new DfsError('RESOURCE_EXHAUSTED', `${waiting} chunks wait for their checksums already: try again later`);
