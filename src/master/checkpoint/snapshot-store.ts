/** Checkpoints on disk as the rest of the master sees them: made here, or received in pieces from the leader. */
import type { Snapshot, SnapshotPiece } from '../../raft/types.js';
import type { ReplicatedState, StateCopy } from '../state/tables/replicated-state.js';

export interface StoredSnapshot {
  readonly snapshot: Snapshot;
  readonly sizeBytes: number;
}

export interface SnapshotStore {
  /** Durable and valid as far as known, newest first; at most two. Whether one is whole shows when it is loaded. */
  readonly snapshots: readonly StoredSnapshot[];

  /**
   * Loads the newest one that is whole. A damaged one is set aside (renamed, reported) and the next older is tried.
   * @returns which one: after `install` it must be the installed one, or the state is older than the log may think. null: there is none
   * @throws DfsError of the disk: nothing is set aside for a read that failed
   */
  restore(state: ReplicatedState<unknown>): Promise<Snapshot | null>;

  /**
   * Writes a copy: temporary name (unique), CRC, fsync, rename, fsync of the folder; then all but the newest two go.
   * Ends the copy in any case. Dropped without an error when a newer one was installed meanwhile: no log follows it.
   * @param snapshot its id from `newSnapshotId`
   * @throws DfsError of the disk: nothing is left of it but a temporary file, which the next start removes
   */
  write(snapshot: Snapshot, copy: StateCopy): Promise<void>;

  /**
   * Bytes for a follower. When the one asked for is gone: the newest, from its start. null: there is none. A first piece is given only
   * after the whole file was checked.
   */
  readPiece(snapshotId: string | null, offset: number, bytesMax: number): Promise<SnapshotPiece | null>;

  /**
   * Keeps a piece of a snapshot that is being received, not durably. One with offset 0 begins anew and drops what came of another.
   * @throws DfsError PROTOCOL_ERROR when it does not follow what is there, or of the disk; then nothing of it is left
   */
  storePiece(piece: SnapshotPiece): Promise<void>;

  /**
   * All pieces of a snapshot are stored: checks it, and makes it the newest, durably. A crash before leaves no trace.
   * @throws DfsError LOG_DAMAGED when the bytes are not that snapshot, or of the disk
   */
  install(snapshot: Snapshot): Promise<void>;

  close(): Promise<void>;
}
