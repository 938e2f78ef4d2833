/** Block-sized buffers, used again and again, so that many small files cost no garbage. */
import { BLOCK_BYTES } from '../../shared/limits.js';

/** What a client keeps when nothing is being written: 64 blocks are 4 MiB. */
const SPARE_BLOCKS_MAX = 64;

export class BlockPool {
  readonly #spare: Uint8Array[] = [];

  /** A block with any content. */
  take(): Uint8Array {
    return this.#spare.pop() ?? Buffer.allocUnsafeSlow(BLOCK_BYTES);
  }

  /** @param block one from `take` that is not used any more */
  give(block: Uint8Array): void {
    if (this.#spare.length < SPARE_BLOCKS_MAX) this.#spare.push(block);
  }
}
