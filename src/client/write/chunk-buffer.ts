/**
 * The bytes of the chunk being written, kept until the chunk is committed, so that they can be sent again on another pipeline.
 * Grows block by block: a small file takes one block, and the next chunk uses the same memory.
 */
import assert from 'node:assert/strict';
import { crc32 } from '../../shared/crc32.js';
import { BLOCK_BYTES } from '../../shared/limits.js';
import type { BlockPool } from '../transfer/block-pool.js';

/** A block ready to send. */
export interface ChecksummedBlock {
  readonly data: Uint8Array;
  /** crc32 of `data`, computed once when the block is filled, so that later corruption of the memory is detected. */
  readonly checksum: number;
}

export class ChunkBuffer {
  readonly #pool: BlockPool;
  readonly #capacityBytes: number;
  readonly #blocks: Uint8Array[] = [];
  /** Checksums of the ready blocks; #checksums.length <= blocks begun. */
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

  /** Number of blocks ready to send: the full blocks, and after `seal` the last block. */
  get readyBlocks(): number {
    return this.#checksums.length;
  }

  /**
   * Copies as many bytes as fit.
   * @returns number of bytes copied
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

  /** Marks the end of the chunk: the last block is ready, even when it is not full. */
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

  /** Empties the buffer for the next chunk; keeps the memory. */
  clear(): void {
    this.#length = 0;
    this.#checksums.length = 0;
  }

  /** Releases the memory. */
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
