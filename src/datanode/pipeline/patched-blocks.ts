/** The blocks of a replica that may be damaged, in order: those that are bad here come from other holders of the same version. */
import { openOnPool } from '../../protocol/channel-pool.js';
import { openChunkRead } from '../../protocol/chunk-reader-stream.js';
import { allocatePacket, sealPacket } from '../../protocol/frames.js';
import type { NodeAddress__Output } from '../../protocol/generated/distrifs/v1/NodeAddress.js';
import { crc32 } from '../../shared/crc32.js';
import { DfsError, isDfsError } from '../../shared/errors.js';
import { BLOCK_BYTES } from '../../shared/limits.js';
import { blockCount } from '../store/chunk-meta.js';
import type { ReplicaReader } from '../store/replica-reader.js';
import type { DataPlane } from './data-plane.js';
import { readAhead } from './read-ahead.js';

/** The replica being read. */
export interface PatchedReplica {
  readonly chunkId: number;
  readonly version: number;
  readonly reader: ReplicaReader;
  /** Asked in this order. */
  readonly sources: readonly NodeAddress__Output[];
}

/**
 * All blocks as PACKET frames, each verified with the checksums of this node's meta. A replica with a bad block is verified as a whole
 * by the store, which reports it.
 * @throws DfsError DATA_CORRUPT, IO_ERROR when a block is bad here and no other source has it
 */
export async function* patchedBlocks(plane: DataPlane, replica: PatchedReplica): AsyncGenerator<Uint8Array, void, undefined> {
  const { chunkId, reader } = replica;
  const end = blockCount(reader.meta.lengthBytes);
  for (let next = 0; next < end;) {
    try {
      for await (const packet of readAhead(reader, next, end, plane.diskWaits)) {
        next++;
        yield packet;
      }
    } catch (error) {
      if (!isDfsError(error, 'DATA_CORRUPT', 'IO_ERROR')) throw error;
      // Each further block would wait for a disk that hangs.
      plane.diskWaits.assertResponsive();
      plane.store.suspect(chunkId);
      const packet = await blockFromOthers(plane, replica, next);
      if (packet === null) throw error;
      next++;
      yield packet;
    }
  }
}

async function blockFromOthers(plane: DataPlane, replica: PatchedReplica, block: number): Promise<Uint8Array | null> {
  const { chunkId, version, sources } = replica;
  for (const source of sources) {
    try {
      const packet = await readBlock(plane, replica, source, block);
      plane.log.info('A block that is bad here was taken from another replica', { chunkId, version, block, node: source.nodeId });
      return packet;
    } catch (error) {
      plane.log.warn('Another replica does not have a good block either', {
        chunkId,
        version,
        block,
        node: source.nodeId,
        error,
      });
    }
  }
  return null;
}

async function readBlock(
  { identity, pool, timings }: DataPlane,
  { chunkId, version, reader }: PatchedReplica,
  { nodeId, address }: NodeAddress__Output,
  block: number,
): Promise<Uint8Array> {
  const offsetBytes = block * BLOCK_BYTES;
  const lengthBytes = reader.blockBytes(block);
  const open = { clusterId: identity.clusterId, chunkId, version, offsetBytes, lengthBytes, nodeId };
  const { opened, lease } = await openOnPool(pool, address, (channel) => openChunkRead(channel, open, timings));
  try {
    const { frame, data } = allocatePacket(lengthBytes);
    let receivedBytes = 0;
    for await (const piece of opened) {
      data.set(piece, receivedBytes);
      receivedBytes += piece.length;
    }
    const checksum = crc32(data);
    if (receivedBytes !== lengthBytes || checksum !== reader.meta.checksums[block]) {
      const text = `Block ${block} of chunk ${chunkId} version ${version} is another one on node "${nodeId}" than the meta here says`;
      throw new DfsError('DATA_CORRUPT', text, { nodeId });
    }
    sealPacket(frame, offsetBytes, checksum);
    return frame;
  } finally {
    lease.release(opened.reusable);
  }
}
