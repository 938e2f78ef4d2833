/** A pool of block-sized buffers, so that many small files allocate no new memory. */
import { BLOCK_BYTES } from '../../shared/limits.js';

/** Number of blocks kept by an idle client: 64 blocks are 4 MiB. */
const SPARE_BLOCKS_MAX = 64;

export class BlockPool {
  readonly #spare: Uint8Array[] = [];

  /** Returns a block with undefined contents. */
  take(): Uint8Array {
    return this.#spare.pop() ?? Buffer.allocUnsafeSlow(BLOCK_BYTES);
  }

  /** @param block one from `take` that is not used any more */
  give(block: Uint8Array): void {
    if (this.#spare.length < SPARE_BLOCKS_MAX) this.#spare.push(block);
  }
}
