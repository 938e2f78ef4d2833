/** Removes what a failed removal left of a chunk, when nothing of the chunk is being written. */
import type { ChunkFiles, ChunkFolder } from './chunk-folder.js';
import type { ReplicaEntry } from './replica.js';

/** What a scan found of a chunk besides its data. */
export type Leftovers = Pick<ChunkFiles, 'metaVersions' | 'tmpVersions' | 'damagedVersions'>;

/**
 * Removes tmp files, and metas and marks of damage that belong to no replica in the index. A damaged replica keeps what it has.
 * @param entry of the chunk; undefined: it has none
 * @param files as a scan found them a moment ago; what came since is not touched
 */
export async function sweepChunk(
  folder: ChunkFolder,
  uuid: string,
  entry: ReplicaEntry | undefined,
  files: Leftovers,
): Promise<void> {
  for (const version of files.tmpVersions) await folder.removeTmp(uuid, version);
  // Data that is not in the index has been judged by the scan: it keeps what metas it has.
  if (entry === undefined && (await folder.dataBytes(uuid)) !== null) return;
  if (entry !== undefined && entry.condition !== 'good') return;
  for (const version of files.damagedVersions) await folder.unmarkDamaged(uuid, version);
  for (const version of files.metaVersions) {
    if (entry === undefined || version < entry.version) await folder.removeMeta(uuid, version);
  }
}
