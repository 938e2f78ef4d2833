/** The disk of a member of the Raft group: log and checkpoints together, as the driver of the core sees them. */
import type { StoredState } from '../../raft/member-state.js';
import type { Members, Snapshot, SnapshotPiece, WriteBatch } from '../../raft/types.js';
import type { StateCopy } from '../state/tables/replicated-state.js';

/** What a start found. */
export interface OpenedStorage {
  readonly storage: MemberStorage;
  /** For the core; the state was restored to `stored.snapshot`. */
  readonly stored: StoredState;
}

export interface StorageFigures {
  /** Bytes of the log on disk. */
  readonly logBytes: number;
  readonly checkpointIndex: number;
  /** What the next checkpoint takes at most, roughly: the newest one, and what was logged since. */
  readonly nextCheckpointBytes: number;
  readonly fsyncP50Ms: number;
  readonly fsyncP99Ms: number;
}

/**
 * Everything happens in the order of the calls. After a failure nothing more is written: every later call rejects with the same. A full
 * disk is no failure: what finds no space waits for it.
 */
export interface MemberStorage {
  readonly figures: StorageFigures;

  /** Bytes that wait for the disk: the driver proposes no more when this is too much. */
  readonly queuedBytes: number;

  /**
   * Makes a batch durable as a whole: the snapshot is put in place (its pieces were stored before), the state restored from it, the log
   * emptied; then the hard state, then the entries, which replace whatever the log holds from the first one's index on. What is given
   * while an fsync is under way shares the next one. Resolves in the order of the calls.
   * @throws DfsError
   */
  write(batch: WriteBatch): Promise<void>;

  /** Keeps a piece of a snapshot that comes from the leader. */
  storePiece(piece: SnapshotPiece): Promise<void>;

  /** Bytes of the newest checkpoint for a follower; of the one named, if it is still there. null: there is none. */
  readPiece(snapshotId: string | null, offset: number, bytesMax: number): Promise<SnapshotPiece | null>;

  /** True when enough was logged since the last checkpoint for another one, and none is being made. */
  readonly wantsCheckpoint: boolean;

  /**
   * Writes a checkpoint while the log goes on; two are kept, and the log back to the older one. A snapshot that is installed meanwhile
   * voids it.
   * @param entry the last one in the copy
   * @param members the set at that entry
   * @returns up to which index the core may forget entries, as everything kept on disk is newer: that of the older checkpoint, 0 as long
   *   as there is only one
   * @throws DfsError UNAVAILABLE when it is the log that failed, and nothing is written any more; another one of the disk: the log goes
   *   on, and another checkpoint is wanted after as much log again
   */
  checkpoint(entry: Pick<Snapshot, 'index' | 'term'>, members: Members, copy: StateCopy): Promise<number>;

  /** Ends a checkpoint under way, waits for everything else, then closes the files and the checkpoints' store. */
  close(): Promise<void>;
}
