/** Memory for pooled buffers, in two sizes, kept for the next taker: touching new memory costs more than all that is done with it. */
import { BLOCK_BYTES, PACKET_BYTES_MAX } from '../../shared/limits.js';
import type { BufferSource } from '../rules/buffer-pool.js';

/** Smaller and larger buffers that are kept while there is no use for them: 2 MiB and 32 MiB. */
const SPARE_BLOCKS_MAX = 32;
const SPARE_PACKETS_MAX = 32;

export class SpareBuffers implements BufferSource {
  readonly #blocks: Uint8Array[] = [];
  readonly #packets: Uint8Array[] = [];

  allocate(sizeBytes: number): Uint8Array {
    if (sizeBytes <= BLOCK_BYTES) return this.#blocks.pop() ?? Buffer.allocUnsafeSlow(BLOCK_BYTES);
    return this.#packets.pop() ?? Buffer.allocUnsafeSlow(PACKET_BYTES_MAX);
  }

  reclaim(memory: Uint8Array): void {
    const [spare, max] = memory.length === BLOCK_BYTES ? [this.#blocks, SPARE_BLOCKS_MAX] : [this.#packets, SPARE_PACKETS_MAX];
    if (spare.length < max) spare.push(memory);
  }
}
