/** Whether what a writer has written is still there when it completes its file. */
import { chunkUuid } from '../../shared/chunk-id.js';
import { DfsError } from '../../shared/errors.js';
import type { ClusterSettings, MasterState } from '../state/tables/master-state.js';
import { isOfChunk, isUsable } from './locations.js';
import type { Locations } from './locations.js';

/**
 * Requires min(minReplicas, replication) usable replicas of each chunk of a file that is to be completed: those that the writer
 * committed count until something is heard against them. A leader that has not heard of replicas yet does not know, and refuses too.
 * What else is wrong with the file is no concern of this.
 * @throws DfsError NOT_ENOUGH_REPLICAS, retriable: repairs or reports may change it
 */
export function assertReplicasWritten(state: MasterState, settings: ClusterSettings, locations: Locations, fileId: number): void {
  const file = state.tree.get(fileId);
  if (file?.kind !== 'file') return;
  const needed = Math.min(settings.minReplicas, file.replication);
  for (const [index, chunkId] of file.chunkIds.entries()) {
    const chunk = state.chunks.get(chunkId);
    if (chunk === undefined || chunk.version === 0) continue;
    const usable = locations.ofChunk(chunkId).filter((record) => isOfChunk(record, chunk) && isUsable(record)).length;
    if (usable >= needed) continue;
    throw new DfsError(
      'NOT_ENOUGH_REPLICAS',
      `Cannot complete file "${file.name}" (${fileId}): of chunk ${index} (${chunkUuid(settings.clusterId, chunkId)}) ${usable} replicas ` +
        `are known, ${needed} are needed`,
      { retriable: true },
    );
  }
}
