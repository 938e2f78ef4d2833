/** Copies a committed replica to another node, as the upstream of a write with the purpose REPAIR. */
import type { NodeAddress__Output } from '../../protocol/generated/distrifs/v1/NodeAddress.js';
import { blaming, type DataPlane } from './data-plane.js';
import { openNodeWrite } from './node-write.js';
import { patchedBlocks } from './patched-blocks.js';

/** Which replica, under which term. */
export interface ReplicaCopy {
  readonly chunkId: number;
  /** Exactly this version is copied. */
  readonly version: number;
  readonly term: number;
  /** Other holders of the version, for blocks that are bad here. */
  readonly sources: readonly NodeAddress__Output[];
}

/** What a copy tells of itself, and by which it is ended. */
export interface CopyControl {
  /** Bytes that the target has acknowledged so far. */
  acked(bytes: number): void;
  /** @param end to be called when the copy is to end: once it is, the last one given */
  onCancel(end: () => void): void;
  /** @throws DfsError CANCELLED */
  throwIfCancelled(): void;
}

/**
 * Resolves when the target has committed the replica. Every block is verified on the way, and taken from another source when it is bad
 * here.
 * Rejects with a DfsError whose `nodeId` is to blame: this node (CHUNK_NOT_FOUND, STALE_VERSION, DATA_CORRUPT) or the target; with
 * CANCELLED when it was cancelled.
 */
export async function copyReplica(
  plane: DataPlane,
  copy: ReplicaCopy,
  target: NodeAddress__Output,
  control: CopyControl,
): Promise<void> {
  const { identity, store, diskWaits } = plane;
  const { chunkId, version, term, sources } = copy;
  diskWaits.assertResponsive();
  const opening = diskWaits.within(store.openReplica(chunkId, version), (late) => late.close());
  const reader = await opening.catch((error: unknown) => {
    throw blaming(identity.nodeId, error);
  });
  try {
    const open = {
      clusterId: identity.clusterId,
      chunkId,
      version,
      term,
      purpose: 'REPAIR' as const,
      reserveBytes: reader.meta.lengthBytes,
      downstream: [],
    };
    const { stream, lease } = await openNodeWrite(plane, target, open, (ackedBytes) => control.acked(ackedBytes));
    let isDone = false;
    control.onCancel(() => stream.abort());
    try {
      control.throwIfCancelled();
      for await (const packet of patchedBlocks(plane, { chunkId, version, reader, sources })) {
        await stream.write([packet.data], packet.header.checksums, () => packet.buffer.release());
      }
      await stream.finish();
      isDone = true;
    } catch (error) {
      stream.abort();
      throw blaming(identity.nodeId, error);
    } finally {
      lease.release(isDone);
    }
  } finally {
    await diskWaits.cleanedUp(reader.close());
  }
}
