/** The heap and the buffers of this process, or of this worker thread. */
import { constants, PerformanceObserver } from 'node:perf_hooks';
import { getHeapStatistics } from 'node:v8';
import { BUFFERED_BYTES_MAX } from '../../shared/limits.js';
import type { HeapUse, Memory, PooledBuffer } from '../../shared/runtime.js';
import { BufferPool } from '../rules/buffer-pool.js';
import type { Closers } from './base/closers.js';
import { SpareBuffers } from './spare-buffers.js';

/**
 * Counts what the last full collection left: between two of them the heap fills with garbage up to its limit, so that the bytes in use
 * say little. V8 collects fully before it gives up.
 */
export class NodeMemory implements Memory {
  readonly #closers: Closers;
  readonly #buffers = new BufferPool(new SpareBuffers(), BUFFERED_BYTES_MAX);
  #leftBytes = 0;
  #isObserving = false;

  /** @param closers end the observation, which begins with the first question */
  constructor(closers: Closers) {
    this.#closers = closers;
  }

  heap(): HeapUse {
    if (!this.#isObserving) this.#observe();
    const { used_heap_size: usedBytes, heap_size_limit: limitBytes } = getHeapStatistics();
    return { usedBytes: Math.min(usedBytes, this.#leftBytes), limitBytes };
  }

  get isBufferScarce(): boolean {
    return this.#buffers.isScarce;
  }

  takeBuffer(sizeBytes: number, isUrgent?: boolean): Promise<PooledBuffer> {
    return this.#buffers.take(sizeBytes, isUrgent);
  }

  #observe(): void {
    this.#isObserving = true;
    this.#leftBytes = getHeapStatistics().used_heap_size;
    const observer = new PerformanceObserver((entries) => {
      if (entries.getEntries().some(isFullCollection)) this.#leftBytes = getHeapStatistics().used_heap_size;
    });
    observer.observe({ entryTypes: ['gc'] });
    this.#closers.add(() => observer.disconnect());
  }
}

function isFullCollection(entry: object): boolean {
  const detail: unknown = 'detail' in entry ? entry.detail : null;
  return typeof detail === 'object' && detail !== null && 'kind' in detail && detail.kind === constants.NODE_PERFORMANCE_GC_MAJOR;
}
