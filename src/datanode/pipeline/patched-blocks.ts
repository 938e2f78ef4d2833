/** The blocks of a replica that may be damaged, in order: those that are bad here come from other holders of the same version. */
import { openOnPool } from '../../protocol/channel-pool.js';
import { openChunkRead } from '../../protocol/chunk-reader-stream.js';
import { badBlockOffset } from '../../protocol/packet-blocks.js';
import type { NodeAddress__Output } from '../../protocol/generated/distrifs/v1/NodeAddress.js';
import { DfsError, isDfsError } from '../../shared/errors.js';
import { BLOCK_BYTES } from '../../shared/limits.js';
import { blockCount } from '../store/chunk-meta.js';
import type { ReplicaPacket, ReplicaReader } from '../store/replica-reader.js';
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
 * All blocks in packets, each block verified with the checksums of this node's meta; who takes a packet releases it. A replica with a bad
 * block is verified as a whole by the store, which reports it.
 * @throws DfsError DATA_CORRUPT, IO_ERROR when a block is bad here and no other source has it
 */
export async function* patchedBlocks(plane: DataPlane, replica: PatchedReplica): AsyncGenerator<ReplicaPacket, void, undefined> {
  const { chunkId, reader } = replica;
  const end = blockCount(reader.meta.lengthBytes);
  for (let next = 0; next < end;) {
    try {
      for await (const packet of readAhead(plane, reader, next, end)) {
        next += packet.header.checksums.length;
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

async function blockFromOthers(plane: DataPlane, replica: PatchedReplica, block: number): Promise<ReplicaPacket | null> {
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
  { identity, pool, timings, memory }: DataPlane,
  { chunkId, version, reader }: PatchedReplica,
  { nodeId, address }: NodeAddress__Output,
  block: number,
): Promise<ReplicaPacket> {
  const offsetBytes = block * BLOCK_BYTES;
  const lengthBytes = reader.blockBytes(block);
  const open = { clusterId: identity.clusterId, chunkId, version, offsetBytes, lengthBytes, nodeId };
  const options = { memory, streamTimeoutMs: timings.streamTimeoutMs };
  const { opened, lease } = await openOnPool(pool, address, (channel) => openChunkRead(channel, open, options));
  try {
    const buffer = await memory.takeBuffer(lengthBytes);
    try {
      const data = buffer.bytes;
      let receivedBytes = 0;
      for await (const piece of opened) {
        data.set(piece, receivedBytes);
        receivedBytes += piece.length;
      }
      const checksums = reader.meta.checksums.subarray(block, block + 1);
      if (receivedBytes !== lengthBytes || badBlockOffset(offsetBytes, data, checksums) !== null) {
        const text = `Block ${block} of chunk ${chunkId} version ${version} is another one on node "${nodeId}" than the meta here says`;
        throw new DfsError('DATA_CORRUPT', text, { nodeId });
      }
      return { header: { offset: offsetBytes, dataBytes: lengthBytes, checksums }, data, buffer };
    } catch (error) {
      buffer.release();
      throw error;
    }
  } finally {
    lease.release(opened.reusable);
  }
}
