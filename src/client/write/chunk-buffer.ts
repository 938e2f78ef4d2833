/**
 * The bytes of the chunk being written, kept until it is committed, so that it can be sent again on another pipeline.
 * Grows block by block: a small file takes one block, and the next chunk uses the same memory.
 */
import assert from 'node:assert/strict';
import { crc32 } from '../../shared/crc32.js';
import { BLOCK_BYTES } from '../../shared/limits.js';
import type { BlockPool } from '../transfer/block-pool.js';

/** A block as it is sent. */
export interface ChecksummedBlock {
  readonly data: Uint8Array;
  /** crc32 of `data`, made once, when the block was filled: what happens to the memory later does not go unnoticed. */
  readonly checksum: number;
}

export class ChunkBuffer {
  readonly #pool: BlockPool;
  readonly #capacityBytes: number;
  readonly #blocks: Uint8Array[] = [];
  /** Of blocks that are ready; #checksums.length <= blocks begun. */
  readonly #checksums: number[] = [];
  #length = 0;

  /** @param capacityBytes the chunk size */
  constructor(pool: BlockPool, capacityBytes: number) {
    this.#pool = pool;
    this.#capacityBytes = capacityBytes;
  }

  get length(): number {
    return this.#length;
  }

  get isFull(): boolean {
    return this.#length === this.#capacityBytes;
  }

  /** Blocks that can be sent: the full ones, and after `seal` the last one. */
  get readyBlocks(): number {
    return this.#checksums.length;
  }

  /**
   * Takes as much as fits.
   * @returns bytes taken
   */
  append(data: Uint8Array): number {
    const wanted = Math.min(data.length, this.#capacityBytes - this.#length);
    for (let taken = 0; taken < wanted;) {
      const inBlock = this.#length % BLOCK_BYTES;
      const index = (this.#length - inBlock) / BLOCK_BYTES;
      const part = data.subarray(taken, taken + Math.min(BLOCK_BYTES - inBlock, wanted - taken));
      this.#blockAt(index).set(part, inBlock);
      taken += part.length;
      this.#length += part.length;
      if (this.#length % BLOCK_BYTES === 0) this.#checksums.push(crc32(this.#blockAt(index)));
    }
    return wanted;
  }

  /** No more bytes come: the last block is ready as it is. */
  seal(): void {
    const inBlock = this.#length % BLOCK_BYTES;
    const index = (this.#length - inBlock) / BLOCK_BYTES;
    if (inBlock > 0 && this.#checksums.length === index) this.#checksums.push(crc32(this.#blockAt(index).subarray(0, inBlock)));
  }

  /** @param index < readyBlocks */
  block(index: number): ChecksummedBlock {
    const checksum = this.#checksums[index];
    assert(checksum !== undefined);
    const length = Math.min(BLOCK_BYTES, this.#length - index * BLOCK_BYTES);
    return { data: this.#blockAt(index).subarray(0, length), checksum };
  }

  /** Empty again, for the next chunk; the memory stays. */
  clear(): void {
    this.#length = 0;
    this.#checksums.length = 0;
  }

  /** Gives the memory back. */
  release(): void {
    this.clear();
    for (const block of this.#blocks) this.#pool.give(block);
    this.#blocks.length = 0;
  }

  #blockAt(index: number): Uint8Array {
    let block = this.#blocks[index];
    if (block === undefined) {
      block = this.#pool.take();
      this.#blocks[index] = block;
    }
    return block;
  }
}
