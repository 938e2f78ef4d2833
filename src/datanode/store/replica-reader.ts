/** Reads one committed replica, block by block, each verified before it is handed out. */
import { allocatePacket, sealPacket } from '../../protocol/frames.js';
import { crc32 } from '../../shared/crc32.js';
import { DfsError } from '../../shared/errors.js';
import { BLOCK_BYTES } from '../../shared/limits.js';
import type { DiskFile } from '../../shared/runtime.js';
import type { ChunkMeta } from './chunk-meta.js';

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
   * A block as a PACKET frame, read straight into it.
   * @param block 0 <= block < number of blocks
   * @throws DfsError DATA_CORRUPT when it does not match its checksum; IO_ERROR when the disk cannot read it
   */
  async readPacket(block: number): Promise<Uint8Array> {
    const offset = block * BLOCK_BYTES;
    const { frame, data } = allocatePacket(this.blockBytes(block));
    const bytesRead = await this.#file.read(data, offset);
    const checksum = this.meta.checksums[block];
    if (bytesRead !== data.length || checksum === undefined || crc32(data) !== checksum) {
      const text = `Chunk ${this.#uuid} version ${this.meta.version} does not match its checksum at offset ${offset}`;
      throw new DfsError('DATA_CORRUPT', text);
    }
    sealPacket(frame, offset, checksum);
    return frame;
  }

  async close(): Promise<void> {
    await this.#file.close();
  }
}
