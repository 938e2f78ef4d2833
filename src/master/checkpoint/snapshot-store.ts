/** Checkpoints on disk as the rest of the master sees them: made here, or received in pieces from the leader. */
import type { Snapshot, SnapshotPiece } from '../../raft/types.js';
import type { ReplicatedState, StateCopy } from '../state/replicated-state.js';

export interface StoredSnapshot {
  readonly snapshot: Snapshot;
  readonly sizeBytes: number;
}

export interface SnapshotStore {
  /** Durable and valid as far as known, newest first; at most two. */
  readonly snapshots: readonly StoredSnapshot[];

  /**
   * Loads the newest one that is whole. A damaged one is set aside (renamed, reported) and the next older is tried.
   * @returns null when there is none
   */
  restore(state: ReplicatedState<unknown>): Promise<Snapshot | null>;

  /**
   * Writes a copy: temporary name (unique), CRC, fsync, rename, fsync of the folder; then all but the newest two go.
   * Ends the copy in any case.
   * @throws DfsError of the disk: nothing is left of it but a temporary file, which the next start removes
   */
  write(snapshot: Snapshot, copy: StateCopy): Promise<void>;

  /** Bytes for a follower. When the one asked for is gone: the newest, from its start. null: there is none. */
  readPiece(snapshotId: string | null, offset: number, bytesMax: number): Promise<SnapshotPiece | null>;

  /**
   * Keeps a piece of a snapshot that is being received, not durably. One with offset 0 begins anew and drops what came of another.
   * @throws DfsError of the disk
   */
  storePiece(piece: SnapshotPiece): Promise<void>;

  /**
   * All pieces of a snapshot are stored: checks it, and makes it the newest, durably. A crash before leaves no trace.
   * @throws DfsError LOG_DAMAGED when the bytes are not that snapshot, or of the disk
   */
  install(snapshot: Snapshot): Promise<void>;

  close(): Promise<void>;
}
