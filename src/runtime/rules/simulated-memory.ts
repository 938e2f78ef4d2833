/** Memory of a simulated process: a heap as the test says, and buffers that are overwritten when they have no holder. */
import { BUFFERED_BYTES_MAX } from '../../shared/limits.js';
import type { HeapUse, Memory } from '../../shared/runtime.js';
import { BufferPool, type BufferSource } from './buffer-pool.js';

/** No data of a test consists of this byte alone. */
const POISON = 0xdb;

/** No memory is used twice, so that what is seen of a released buffer is the poison, whenever it is seen. */
const poisoned: BufferSource = {
  allocate: (sizeBytes) => new Uint8Array(sizeBytes),
  reclaim: (memory) => {
    memory.fill(POISON);
  },
};

/** @param heap what the process sees of its heap */
export function simulatedMemory(heap: () => HeapUse): Memory {
  const buffers = new BufferPool(poisoned, BUFFERED_BYTES_MAX);
  return {
    heap,
    get isBufferScarce() {
      return buffers.isScarce;
    },
    takeBuffer: (sizeBytes, isUrgent) => buffers.take(sizeBytes, isUrgent),
  };
}
