/** The disk of a member of the Raft group: segments of the log, the vote beside it, checkpoints (see member-storage.ts). */
import { DfsError } from '../../shared/errors.js';
import { MIB } from '../../shared/limits.js';
import type { Random } from '../../shared/runtime.js';
import type { HardState, Members, Snapshot, SnapshotPiece, WriteBatch } from '../../raft/types.js';
import type { DiskRoom } from '../base/disk-room.js';
import type { SnapshotStore } from '../checkpoint/snapshot-store.js';
import type { ReplicatedState, StateCopy } from '../state/tables/replicated-state.js';
import { itemOfEntry, itemOfHardState } from './entry-record.js';
import type { LogItem } from './entry-record.js';
import { GroupCommit } from './group-commit.js';
import type { LogSegments, SegmentsContext } from './log-segments.js';
import type { MemberStorage, StorageFigures } from './member-storage.js';
import { recordSizeBytes } from './record.js';
import { RevocableCopy } from './revocable-copy.js';
import { writeVote } from './vote-file.js';

/** Of one segment, roughly: the write that crosses it is the last one. */
export const DEFAULT_SEGMENT_BYTES = 64 * MIB;
/** Of log since the last checkpoint, before another one is wanted. */
export const DEFAULT_CHECKPOINT_LOG_BYTES = 64 * MIB;
/** The same while the disk is short of space: checkpoints release log. */
const TIGHT_CHECKPOINT_LOG_BYTES = MIB;
const SNAPSHOT_ID_BYTES = 8;

export interface MemberStorageContext extends SegmentsContext {
  readonly room: DiskRoom;
  readonly random: Random;
  readonly snapshots: SnapshotStore;
  /** Restored when a snapshot is installed. */
  readonly state: ReplicatedState<unknown>;
  readonly segmentBytes: number;
  readonly checkpointLogBytes: number;
}

export class DiskMemberStorage implements MemberStorage {
  readonly #context: MemberStorageContext;
  readonly #segments: LogSegments;
  readonly #commit: GroupCommit;
  /** The pieces and installations under way, in the order of the calls. Never rejects. */
  #pieces: Promise<unknown> = Promise.resolve();
  /** The checkpoint under way, with the writing of it, which never rejects. */
  #checkpoint: { readonly copy: RevocableCopy; writing: Promise<unknown> } | null = null;
  /** Snapshots to install. */
  #installations = 0;
  /** Bytes of log since the last checkpoint. */
  #bytesSince: number;

  /**
   * @param segments belong to it from now on
   * @param bytesSince bytes of log after the newest checkpoint
   */
  constructor(context: MemberStorageContext, segments: LogSegments, bytesSince: number) {
    this.#context = context;
    this.#segments = segments;
    this.#bytesSince = bytesSince;
    this.#commit = new GroupCommit((items, hardState) => this.#write(items, hardState));
  }

  get figures(): StorageFigures {
    const newest = this.#context.snapshots.snapshots[0];
    return {
      logBytes: this.#segments.logBytes,
      checkpointIndex: newest?.snapshot.index ?? 0,
      nextCheckpointBytes: (newest?.sizeBytes ?? 0) + this.#bytesSince,
      fsyncP50Ms: this.#segments.latency.at(0.5),
      fsyncP99Ms: this.#segments.latency.at(0.99),
    };
  }

  get queuedBytes(): number {
    return this.#commit.queuedBytes;
  }

  get wantsCheckpoint(): boolean {
    const { room, checkpointLogBytes } = this.#context;
    const wantedBytes = room.isTight ? Math.min(checkpointLogBytes, TIGHT_CHECKPOINT_LOG_BYTES) : checkpointLogBytes;
    return this.#checkpoint === null && this.#installations === 0 && this.#bytesSince >= wantedBytes;
  }

  write({ snapshot, hardState, entries }: WriteBatch): Promise<void> {
    let items: LogItem[];
    try {
      items = entries.map(itemOfEntry);
    } catch (error) {
      return Promise.reject(this.#commit.fail(error));
    }
    if (hardState !== null) items.unshift(itemOfHardState(hardState));
    if (snapshot === null) return this.#commit.append(items, hardState);
    const installed = this.#installLater(snapshot, hardState);
    return items.length === 0 ? installed : this.#commit.append(items, hardState);
  }

  storePiece(piece: SnapshotPiece): Promise<void> {
    const stored = this.#pieces.then(() => {
      this.#commit.assertUsable();
      return this.#context.snapshots.storePiece(piece);
    });
    const outcome = stored.catch((error: unknown) => {
      throw this.#commit.fail(error);
    });
    this.#pieces = outcome.catch(() => undefined);
    return outcome;
  }

  async readPiece(snapshotId: string | null, offset: number, bytesMax: number): Promise<SnapshotPiece | null> {
    this.#commit.assertUsable();
    return this.#context.snapshots.readPiece(snapshotId, offset, bytesMax);
  }

  async checkpoint(entry: Pick<Snapshot, 'index' | 'term'>, members: Members, copy: StateCopy): Promise<number> {
    const revocable = new RevocableCopy(copy);
    if (this.#checkpoint !== null || this.#installations > 0) revocable.revoke();
    try {
      this.#commit.assertUsable();
      if (!revocable.isRevoked()) await this.#makeCheckpoint({ index: entry.index, term: entry.term, members }, revocable);
    } finally {
      revocable.end();
    }
    return this.#context.snapshots.snapshots[1]?.snapshot.index ?? 0;
  }

  async close(): Promise<void> {
    this.#context.room.close();
    this.#checkpoint?.copy.revoke();
    await this.#checkpoint?.writing;
    await this.#pieces;
    await this.#commit.close();
    await this.#segments.close();
    await this.#context.snapshots.close();
  }

  async #makeCheckpoint(at: Omit<Snapshot, 'id'>, copy: RevocableCopy): Promise<void> {
    const under = { copy, writing: Promise.resolve() as Promise<unknown> };
    this.#checkpoint = under;
    const { snapshots, random } = this.#context;
    try {
      // What is in closed segments can go as soon as it is old enough.
      await this.#commit.task(() => this.#rotate(0));
      if (copy.isRevoked()) return;
      const bytesBefore = this.#bytesSince;
      const writing = snapshots.write({ ...at, id: Buffer.from(random.bytes(SNAPSHOT_ID_BYTES)).toString('hex') }, copy);
      under.writing = writing.catch(() => undefined);
      try {
        await writing;
      } catch (error) {
        if (copy.isRevoked()) return;
        throw error;
      } finally {
        // After a failure too: the next attempt is as far away as after a success. An installation has set it to 0.
        this.#bytesSince = Math.max(0, this.#bytesSince - bytesBefore);
      }
      const keptFrom = snapshots.snapshots[1]?.snapshot.index;
      if (keptFrom !== undefined && !copy.isRevoked()) await this.#commit.task(() => this.#segments.dropBefore(keptFrom));
    } finally {
      this.#checkpoint = null;
    }
  }

  /** Makes records durable, and the hard state in both its places. */
  async #write(items: readonly LogItem[], hardState: HardState | null): Promise<void> {
    await this.#rotate(this.#context.segmentBytes);
    const appended = this.#segments.append(items, hardState);
    if (hardState === null) {
      await appended;
    } else {
      // Both have ended, whichever fails: nothing is under way behind a failure.
      const [log, vote] = await Promise.allSettled([appended, writeVote(this.#context.disk, hardState, this.#context.room)]);
      if (log.status === 'rejected') throw log.reason;
      if (vote.status === 'rejected') throw vote.reason;
    }
    for (const { body } of items) this.#bytesSince += recordSizeBytes(body.length);
  }

  /** Closes the active segment when it has so many bytes. */
  async #rotate(bytesMin: number): Promise<void> {
    if (this.#segments.activeBytes >= bytesMin && this.#segments.mayRotate) await this.#segments.rotate();
  }

  /** Installs a snapshot when it is its turn in the log, once the pieces given before are stored; pieces given later wait for it. */
  #installLater(snapshot: Snapshot, hardState: HardState | null): Promise<void> {
    const piecesBefore = this.#pieces;
    this.#installations += 1;
    const installed = this.#commit.task(async () => {
      await piecesBefore;
      this.#commit.assertUsable();
      await this.#install(snapshot, hardState);
      this.#installations -= 1;
    });
    this.#pieces = installed.catch(() => undefined);
    return installed;
  }

  async #install(snapshot: Snapshot, hardState: HardState | null): Promise<void> {
    const { disk, snapshots, state, room } = this.#context;
    this.#checkpoint?.copy.revoke();
    await this.#checkpoint?.writing;
    // First: no state may be of a later term than the hard state. Alone, it does no harm.
    if (hardState !== null) await writeVote(disk, hardState, room);
    await snapshots.install(snapshot);
    const restored = await snapshots.restore(state);
    if (restored?.id !== snapshot.id) {
      throw new DfsError(
        'LOG_DAMAGED',
        `Snapshot ${snapshot.id} of entry ${snapshot.index} was installed and cannot be read back`,
      );
    }
    await this.#segments.beginAfter(snapshot, hardState ?? this.#segments.hardState);
    this.#bytesSince = 0;
  }
}
