/** A replica as the index of a datanode has it, and as the masters hear of it. */
import type { ChunkMeta } from './chunk-meta.js';

/**
 * good: as far as is known. damaged: its data or its meta does not match. unreadable: the disk fails again and again, which says
 * nothing about the content. The last two are reported CORRUPT; their files stay, and blocks of them that match are served.
 */
export type Condition = 'good' | 'damaged' | 'unreadable';

/** A committed replica. */
export interface ReplicaEntry {
  readonly chunkId: number;
  readonly uuid: string;
  readonly version: number;
  readonly lengthBytes: number;
  readonly condition: Condition;
  /** Number of the change that made this entry: a scan that began earlier knows nothing of it. */
  readonly change: number;
}

/** A replica that the scan of the folder found. */
export interface FoundReplica extends Pick<ReplicaEntry, 'version' | 'lengthBytes' | 'condition'> {
  /** Null: it is damaged. */
  readonly meta: ChunkMeta | null;
}

/** Something the masters have to know. `version` is the one the replica had. */
export interface ReplicaChange {
  readonly chunkId: number;
  readonly version: number;
  readonly lengthBytes: number;
  readonly state: 'COMMITTED' | 'DELETED' | 'CORRUPT';
}

/** What the masters hear of a replica. */
export function reportedState({ condition }: Pick<ReplicaEntry, 'condition'>): 'COMMITTED' | 'CORRUPT' {
  return condition === 'good' ? 'COMMITTED' : 'CORRUPT';
}

/** A replica that its meta fits. */
export function foundGood(meta: ChunkMeta): FoundReplica {
  return { version: meta.version, lengthBytes: meta.lengthBytes, condition: 'good', meta };
}
