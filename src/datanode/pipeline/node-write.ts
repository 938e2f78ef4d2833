/** Opens a write from this node to another one, as its upstream. */
import { type ChannelLease, openOnPool } from '../../protocol/channel-pool.js';
import { type ChunkWriteStream, openChunkWrite } from '../../protocol/chunk-writer-stream.js';
import type { NodeAddress__Output } from '../../protocol/generated/distrifs/v1/NodeAddress.js';
import type { WriteOpen } from '../../protocol/generated/distrifs/v1/WriteOpen.js';
import { isDfsError } from '../../shared/errors.js';
import { blaming, type DataPlane } from './data-plane.js';

export interface NodeWrite {
  readonly stream: ChunkWriteStream;
  /** Of the connection that carries it. */
  readonly lease: ChannelLease;
}

/**
 * Resolves when the target and everything after it is ready.
 * Rejects with a DfsError that names the node to blame: the target when it cannot be connected to, this node when the target
 * finds fault with what it was sent, else whom the target names.
 * @param onProgress called when more bytes were acknowledged, or more steps were taken after this node
 */
export async function openNodeWrite(
  plane: DataPlane,
  target: NodeAddress__Output,
  open: WriteOpen,
  onProgress: (ackedBytes: number, steps: number) => void,
): Promise<NodeWrite> {
  const { pool, clock, timings, identity } = plane;
  const options = { clock, timings, onProgress };
  try {
    const { opened, lease } = await openOnPool(pool, target.address, async (channel) => {
      try {
        return await openChunkWrite(channel, { ...open, nodeId: target.nodeId }, options);
      } catch (error) {
        throw blaming(identity.nodeId, error);
      }
    });
    return { stream: opened, lease };
  } catch (error) {
    // A lack of descriptors is this node's own.
    throw blaming(isDfsError(error, 'RESOURCE_EXHAUSTED') ? identity.nodeId : target.nodeId, error);
  }
}
