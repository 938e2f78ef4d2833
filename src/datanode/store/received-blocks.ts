/** What a write of one chunk was given so far: how many bytes, and the checksum of each block. */
import assert from 'node:assert/strict';
import { BLOCK_BYTES, PACKET_BYTES_MAX } from '../../shared/limits.js';
import { blockCount } from './chunk-meta.js';

export class ReceivedBlocks {
  readonly #reserveBytes: number;
  readonly #checksums: Uint32Array;
  #bytes = 0;

  /** @param reserveBytes the most bytes that may be given */
  constructor(reserveBytes: number) {
    this.#reserveBytes = reserveBytes;
    this.#checksums = new Uint32Array(blockCount(reserveBytes));
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** CRC32 of each block. */
  get checksums(): Uint32Array {
    return this.#checksums.subarray(0, blockCount(this.#bytes));
  }

  /**
   * Notes the next blocks.
   * @param dataBytes whole blocks but for the chunk's last
   * @returns the position of the first byte
   */
  add(dataBytes: number, checksums: Uint32Array): number {
    const position = this.#bytes;
    assert(position % BLOCK_BYTES === 0 && dataBytes > 0 && dataBytes <= PACKET_BYTES_MAX, 'blocks are written whole, in order');
    assert(position + dataBytes <= this.#reserveBytes, 'a write stays within its reservation');
    assert(checksums.length === blockCount(dataBytes), 'each block has a checksum');
    this.#checksums.set(checksums, position / BLOCK_BYTES);
    this.#bytes += dataBytes;
    return position;
  }
}
