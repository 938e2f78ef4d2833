/** The heap of this process, or of this worker thread. */
import { constants, PerformanceObserver } from 'node:perf_hooks';
import { getHeapStatistics } from 'node:v8';
import type { HeapUse, Memory } from '../../shared/runtime.js';
import type { Closers } from './base/closers.js';

/**
 * Counts what the last full collection left: between two of them the heap fills with garbage up to its limit, so that the bytes in use
 * say little. V8 collects fully before it gives up.
 */
export class NodeMemory implements Memory {
  readonly #closers: Closers;
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
