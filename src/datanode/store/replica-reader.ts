/** Reads one committed replica in packets of whole blocks, each block verified before it is handed out. */
import type { PacketHeader } from '../../protocol/frames.js';
import { badBlockOffset } from '../../protocol/packet-blocks.js';
import { DfsError, isDfsError } from '../../shared/errors.js';
import { BLOCK_BYTES } from '../../shared/limits.js';
import type { DiskFile, Memory, PooledBuffer } from '../../shared/runtime.js';
import { blockCount, type ChunkMeta } from './chunk-meta.js';

/** Blocks of a replica, verified. */
export interface ReplicaPacket {
  readonly header: PacketHeader;
  readonly data: Uint8Array;
  /** Holds `data`: to be released by the one that got the packet. */
  readonly buffer: PooledBuffer;
}

export class ReplicaReader {
  readonly meta: ChunkMeta;
  readonly #uuid: string;
  readonly #file: DiskFile;

  /** For ChunkStore.openReplica. @param file the chunk's data; the reader closes it */
  constructor(uuid: string, file: DiskFile, meta: ChunkMeta) {
    this.#uuid = uuid;
    this.#file = file;
    this.meta = meta;
  }

  /** Bytes of a block; 0 beyond the chunk's end. */
  blockBytes(block: number): number {
    return Math.min(BLOCK_BYTES, Math.max(0, this.meta.lengthBytes - block * BLOCK_BYTES));
  }

  /**
   * Blocks from `block` on: as many as are wanted, or those before the first that is bad.
   * @param block 0 <= block < number of blocks
   * @param blocks >= 1; a packet holds them
   * @param isUrgent as of Memory.takeBuffer
   * @throws DfsError DATA_CORRUPT when the first does not match its checksum; IO_ERROR when the disk cannot read it
   */
  async readPacket(memory: Pick<Memory, 'takeBuffer'>, block: number, blocks: number, isUrgent = false): Promise<ReplicaPacket> {
    const offset = block * BLOCK_BYTES;
    const wantedBytes = Math.min(blocks * BLOCK_BYTES, this.meta.lengthBytes - offset);
    const buffer = await memory.takeBuffer(wantedBytes, isUrgent);
    try {
      const goodBytes = await this.#read(buffer.bytes, offset);
      if (goodBytes === 0) {
        const text = `Chunk ${this.#uuid} version ${this.meta.version} does not match its checksum at offset ${offset}`;
        throw new DfsError('DATA_CORRUPT', text);
      }
      const checksums = this.meta.checksums.subarray(block, block + blockCount(goodBytes));
      return { header: { offset, dataBytes: goodBytes, checksums }, data: buffer.bytes.subarray(0, goodBytes), buffer };
    } catch (error) {
      buffer.release();
      // One block that the disk cannot read must not keep those before it from being read.
      if (blocks > 1 && isDfsError(error, 'IO_ERROR')) return this.readPacket(memory, block, 1, isUrgent);
      throw error;
    }
  }

  /** Returns the number of bytes of the blocks before the first that is bad or cut off. */
  async #read(target: Uint8Array, offset: number): Promise<number> {
    const bytesRead = await this.#file.read(target, offset);
    const block = offset / BLOCK_BYTES;
    const checksums = this.meta.checksums.subarray(block, block + blockCount(target.length));
    const bad = badBlockOffset(offset, target.subarray(0, bytesRead), checksums);
    if (bad !== null) return bad - offset;
    return bytesRead === target.length ? bytesRead : bytesRead - (bytesRead % BLOCK_BYTES);
  }

  async close(): Promise<void> {
    await this.#file.close();
  }
}
