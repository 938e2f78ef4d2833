/**
 * The pool that computes checksums of large pieces for NodeCompute: its own threads, or the threads of the process that hosts the
 * node.
 */
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { Piscina } from 'piscina';
import { DfsError } from '../../shared/errors.js';
import type { ChecksumTask } from './checksum-worker.js';

export interface ChecksumPool {
  /**
   * Moves the task's bytes to another thread.
   * @param task its bytes fill their whole buffer
   * @throws DfsError RESOURCE_EXHAUSTED when the queue is full; any other error is a failure of the pool
   */
  run(task: ChecksumTask): Promise<Uint32Array>;
  /** Closes the pool; pending tasks reject. Safe to call twice. */
  close(): Promise<void>;
}

/** Maximum number of waiting tasks of a node: each holds up to a chunk of memory. */
export const NODE_QUEUE_MAX = 16;
const THREADS_MAX = Math.max(1, Math.min(2, availableParallelism() - 1));
const IDLE_TIMEOUT_MS = 10_000;

/**
 * Node 20 cannot start a thread from TypeScript: when run from sources (in tests), no pool exists.
 * The path begins two folders above, so that it is also valid in a bundle, whose files have the same depth.
 */
const WORKER_FILE = import.meta.url.endsWith('.ts')
  ? null
  : fileURLToPath(new URL('../../runtime/node/checksum-worker.js', import.meta.url));

/** Threads that start on demand and end when idle. */
export class ThreadChecksums implements ChecksumPool {
  readonly #file: string;
  readonly #queueMax: number;
  #pool: Promise<Piscina<ChecksumTask, Uint32Array>> | null = null;

  /** @param queueMax maximum number of waiting tasks */
  constructor(file: string, queueMax: number) {
    this.#file = file;
    this.#queueMax = queueMax;
  }

  /** Returns null where threads are not available. @param queueMax maximum number of waiting tasks */
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
