/** The pooled buffers of a runtime: counts their holders, and lets takers wait while too much is in use. */
import assert from 'node:assert/strict';
import type { PooledBuffer } from '../../shared/runtime.js';

/** Where a pool gets its memory from. */
export interface BufferSource {
  /** Memory of at least this size, of any content. */
  allocate(sizeBytes: number): Uint8Array;
  /** Called with memory from `allocate` that has no holder any more. */
  reclaim(memory: Uint8Array): void;
}

interface Waiting {
  readonly sizeBytes: number;
  readonly resolve: (buffer: PooledBuffer) => void;
}

export class BufferPool {
  readonly #source: BufferSource;
  readonly #limitBytes: number;
  readonly #waiting: Waiting[] = [];
  /** Memory that has a holder; above the limit only by urgent buffers, or by one that is larger than the limit. */
  #usedBytes = 0;

  /** @param limitBytes memory that may have holders at a time */
  constructor(source: BufferSource, limitBytes: number) {
    this.#source = source;
    this.#limitBytes = limitBytes;
  }

  /** Memory that has a holder. */
  get usedBytes(): number {
    return this.#usedBytes;
  }

  /** True while half of the limit or more is in use. */
  get isScarce(): boolean {
    return this.#usedBytes >= this.#limitBytes / 2;
  }

  /** A buffer; unless it is urgent, waits while there is no room, in the order of the calls. */
  take(sizeBytes: number, isUrgent = false): Promise<PooledBuffer> {
    assert(sizeBytes > 0, 'a buffer has a size');
    if (isUrgent || (this.#waiting.length === 0 && this.#hasRoom(sizeBytes))) return Promise.resolve(this.#make(sizeBytes));
    return new Promise((resolve) => this.#waiting.push({ sizeBytes, resolve }));
  }

  #hasRoom(sizeBytes: number): boolean {
    return this.#usedBytes === 0 || this.#usedBytes + sizeBytes <= this.#limitBytes;
  }

  #make(sizeBytes: number): PooledBuffer {
    const memory = this.#source.allocate(sizeBytes);
    this.#usedBytes += memory.length;
    let holders = 1;
    return {
      bytes: memory.length === sizeBytes ? memory : memory.subarray(0, sizeBytes),
      retain: () => {
        assert(holders > 0, 'a released buffer has no new holder');
        holders++;
      },
      release: () => {
        assert(holders > 0, 'each holder releases a buffer once');
        holders--;
        if (holders === 0) this.#reclaim(memory);
      },
    };
  }

  #reclaim(memory: Uint8Array): void {
    this.#usedBytes -= memory.length;
    this.#source.reclaim(memory);
    for (let first = this.#waiting[0]; first !== undefined && this.#hasRoom(first.sizeBytes); first = this.#waiting[0]) {
      this.#waiting.shift();
      first.resolve(this.#make(first.sizeBytes));
    }
  }
}
