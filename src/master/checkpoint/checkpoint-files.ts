/**
 * Checkpoints in the master's folder. A file under a checkpoint's name was whole and durable before it got the name:
 *
 *   write     copy ──▶ temporary, fsync ─────────────┐
 *                                                    ├─▶ rename ─▶ fsync of the folder ─▶ the newest; the third and older are removed
 *   install   pieces ─▶ temporary, checked, fsync ───┘
 *
 * Damage that comes later is found by checksums when the file is loaded, or sent: then it is set aside as `….ckpt.damaged`.
 */
import assert from 'node:assert/strict';
import type { Snapshot, SnapshotPiece } from '../../raft/types.js';
import { DfsError, isDfsError } from '../../shared/errors.js';
import { knownSize } from '../../shared/known-size.js';
import type { DiskFile, Runtime } from '../../shared/runtime.js';
import { NO_ROOM, type Room } from '../base/disk-room.js';
import type { ReplicatedState, StateCopy } from '../state/tables/replicated-state.js';
import { damagedCheckpoint } from './checkpoint-format.js';
import { checkpointName, isSnapshotId, isTemporary, parseCheckpointName, temporaryName } from './checkpoint-name.js';
import { ignoreDisk, IncomingSnapshot } from './incoming-snapshot.js';
import { readCheckpoint, readHeader } from './read-checkpoint.js';
import type { SnapshotStore, StoredSnapshot } from './snapshot-store.js';
import { writeCheckpoint } from './write-checkpoint.js';

const KEPT = 2;

interface KeptFile extends StoredSnapshot {
  readonly name: string;
}

export class CheckpointFiles implements SnapshotStore {
  readonly #runtime: Pick<Runtime, 'disk' | 'random' | 'log'>;
  readonly #room: Room;
  /** Newest first. More than KEPT only until the first `restore`, while it is not known which of them are whole. */
  #files: KeptFile[] = [];
  #incoming: IncomingSnapshot | null = null;
  /** Changes of the set of files, and of what is coming in, happen one after another. */
  #changes: Promise<unknown> = Promise.resolve();
  readonly #writes = new Set<Promise<void>>();
  #isClosed = false;

  private constructor(runtime: Pick<Runtime, 'disk' | 'random' | 'log'>, room: Room) {
    this.#runtime = runtime;
    this.#room = room;
  }

  /**
   * Finds the checkpoints of a folder, and removes what interrupted writers left.
   * @param room what happens when the disk is too full for a snapshot that comes from the leader
   * @throws DfsError of the disk
   */
  static async open(runtime: Pick<Runtime, 'disk' | 'random' | 'log'>, room: Room = NO_ROOM): Promise<CheckpointFiles> {
    const store = new CheckpointFiles(runtime, room);
    for (const entry of await runtime.disk.list('.')) {
      const { name, kind } = entry;
      if (kind !== 'file') continue;
      if (isTemporary(name)) await runtime.disk.remove(name);
      else if (parseCheckpointName(name) !== null) await store.#find(name, knownSize(entry));
    }
    return store;
  }

  get snapshots(): readonly StoredSnapshot[] {
    return this.#files.slice(0, KEPT).map(({ snapshot, sizeBytes }) => ({ snapshot, sizeBytes }));
  }

  async restore(state: ReplicatedState<unknown>): Promise<Snapshot | null> {
    for (let file = this.#files[0]; file !== undefined; file = this.#files[0]) {
      if (!(await this.#isLoaded(file, state))) continue;
      await this.#change(() => this.#removeOld());
      return file.snapshot;
    }
    return null;
  }

  async write(snapshot: Snapshot, copy: StateCopy): Promise<void> {
    const written = this.#write(snapshot, copy);
    this.#writes.add(written);
    try {
      await written;
    } finally {
      this.#writes.delete(written);
      copy.end();
    }
  }

  async readPiece(snapshotId: string | null, offset: number, bytesMax: number): Promise<SnapshotPiece | null> {
    assert(bytesMax > 0, 'a piece has space for at least one byte');
    for (;;) {
      const asked = this.#files.find(({ snapshot }) => snapshot.id === snapshotId);
      const file = asked ?? this.#files[0];
      if (file === undefined) return null;
      const from = asked !== undefined && offset < file.sizeBytes ? offset : 0;
      const data = await this.#readPiece(file, from, bytesMax);
      if (data !== null) return { snapshot: file.snapshot, offset: from, data, isLast: from + data.length === file.sizeBytes };
    }
  }

  storePiece(piece: SnapshotPiece): Promise<void> {
    return this.#change(async () => {
      if (piece.offset === 0) await this.#begin(piece.snapshot);
      if (this.#incoming === null) {
        const message = `Cannot store bytes of snapshot ${piece.snapshot.id} from ${piece.offset} on: none of it are here`;
        throw new DfsError('PROTOCOL_ERROR', message);
      }
      try {
        await this.#incoming.add(piece);
      } catch (error) {
        await this.#dropIncoming();
        throw error;
      }
    });
  }

  install(snapshot: Snapshot): Promise<void> {
    return this.#change(async () => {
      const incoming = this.#incoming;
      if (incoming === null)
        throw new DfsError('LOG_DAMAGED', `Cannot install snapshot ${snapshot.id}: nothing of it was received`);
      try {
        await incoming.complete(snapshot);
        await this.#publish(incoming.temporary, incoming.sizeBytes, snapshot);
        this.#incoming = null;
      } catch (error) {
        await this.#dropIncoming();
        throw error;
      }
    });
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.allSettled(this.#writes);
    await this.#change(() => this.#dropIncoming());
  }

  async #find(name: string, sizeBytes: number): Promise<void> {
    try {
      const snapshot = await this.#withFile(name, (file) => readHeader(file, this.#pathOf(name)));
      if (!isSnapshotId(snapshot.id) || checkpointName(snapshot) !== name) {
        throw damagedCheckpoint(this.#pathOf(name), 0, `it holds snapshot ${snapshot.id} of entry ${snapshot.index}`);
      }
      this.#add({ snapshot, sizeBytes, name });
    } catch (error) {
      if (!isDfsError(error, 'LOG_DAMAGED')) throw error;
      await this.#setAside(name, error);
    }
  }

  /** Puts a file into the list, which is sorted by index. */
  #add(file: KeptFile): void {
    const others = this.#files.filter(({ name }) => name !== file.name);
    this.#files = [file, ...others].sort((one, other) => other.snapshot.index - one.snapshot.index);
  }

  /** False when the file turned out to be damaged: it is set aside. */
  async #isLoaded(kept: KeptFile, state: ReplicatedState<unknown>): Promise<boolean> {
    const { name } = kept;
    try {
      const restore = state.restore();
      const { digest } = await this.#withFile(name, (file) =>
        readCheckpoint(file, this.#pathOf(name), (slice) => restore.add(slice)),
      );
      restore.finish(digest);
      return true;
    } catch (error) {
      if (!isDfsError(error, 'LOG_DAMAGED')) throw error;
      await this.#forgetDamaged(kept, error);
      return false;
    }
  }

  async #write(snapshot: Snapshot, copy: StateCopy): Promise<void> {
    assert(copy.index === snapshot.index, `the copy is of entry ${copy.index}, not of ${snapshot.index}`);
    assert(isSnapshotId(snapshot.id), `"${snapshot.id}" can be part of a file name`);
    const { disk, random } = this.#runtime;
    const temporary = temporaryName(snapshot, random);
    const file = await disk.open(temporary, 'exclusive');
    try {
      let sizeBytes: number;
      try {
        sizeBytes = await writeCheckpoint(file, snapshot, copy, () => this.#assertOpen());
      } finally {
        await file.close();
      }
      await this.#change(async () => {
        const newest = this.#files[0]?.snapshot.index ?? 0;
        if (newest <= snapshot.index) await this.#publish(temporary, sizeBytes, snapshot);
        // Installed meanwhile: the log that would follow this one is gone.
        else await disk.remove(temporary);
      });
    } catch (error) {
      await disk.remove(temporary).catch(ignoreDisk);
      throw error;
    }
  }

  #assertOpen(): void {
    if (this.#isClosed) throw new DfsError('UNAVAILABLE', 'The master is stopping: the checkpoint is not finished');
  }

  /** Gives a whole and durable temporary its name. */
  async #publish(temporary: string, sizeBytes: number, snapshot: Snapshot): Promise<void> {
    const { disk, log } = this.#runtime;
    const name = checkpointName(snapshot);
    await this.#room.retry(() => disk.rename(temporary, name));
    await disk.syncDirectory('.');
    this.#add({ snapshot, sizeBytes, name });
    log.info(`Checkpoint of entry ${snapshot.index} is in place`, { file: name, sizeBytes });
    await this.#removeOld();
  }

  async #removeOld(): Promise<void> {
    const { disk, log } = this.#runtime;
    while (this.#files.length > KEPT) {
      const old = this.#files.pop();
      if (old === undefined) return;
      try {
        await disk.remove(old.name);
      } catch (error) {
        if (!isDfsError(error)) throw error;
        log.warn(`Cannot remove the old checkpoint ${old.name}: it takes disk space until the next start`, {
          cause: error.message,
        });
      }
    }
  }

  /** null when the file is not to be used: it is gone, or was set aside now. */
  async #readPiece(kept: KeptFile, from: number, bytesMax: number): Promise<Uint8Array | null> {
    const { name, sizeBytes } = kept;
    try {
      return await this.#withFile(name, async (file) => {
        // Once for each transfer: corruption here must not be what a follower fails on.
        if (from === 0) await readCheckpoint(file, this.#pathOf(name), () => undefined);
        const data = new Uint8Array(Math.min(bytesMax, sizeBytes - from));
        const read = await file.read(data, from);
        if (read < data.length) throw damagedCheckpoint(this.#pathOf(name), from + read, 'it is cut here');
        return data;
      });
    } catch (error) {
      if (isDfsError(error, 'LOG_DAMAGED')) {
        await this.#forgetDamaged(kept, error);
        return null;
      }
      if (!isDfsError(error, 'NOT_FOUND')) throw error;
      // Removed while it was asked for; removed by hand, it is forgotten now.
      this.#files = this.#files.filter((file) => file !== kept);
      return null;
    }
  }

  async #begin(snapshot: Snapshot): Promise<void> {
    await this.#dropIncoming();
    if (!isSnapshotId(snapshot.id)) {
      throw new DfsError(
        'PROTOCOL_ERROR',
        `The leader sends a snapshot with the id "${snapshot.id.slice(0, 100)}", which is none`,
      );
    }
    const { disk, random } = this.#runtime;
    this.#incoming = await IncomingSnapshot.begin(disk, this.#room, snapshot, temporaryName(snapshot, random));
  }

  async #dropIncoming(): Promise<void> {
    const incoming = this.#incoming;
    this.#incoming = null;
    await incoming?.drop();
  }

  /** Forgets a file that was found damaged, unless that was done already, or it is old and gone. */
  #forgetDamaged(kept: KeptFile, error: DfsError): Promise<void> {
    return this.#change(async () => {
      if (!this.#files.includes(kept)) return;
      this.#files = this.#files.filter((file) => file !== kept);
      await this.#setAside(kept.name, error);
    });
  }

  async #setAside(name: string, error: DfsError): Promise<void> {
    const { disk, log } = this.#runtime;
    log.error(`${error.message}. It is kept as ${name}.damaged; an older checkpoint or another master serves instead`);
    await disk.rename(name, `${name}.damaged`);
  }

  async #withFile<T>(name: string, use: (file: DiskFile) => Promise<T>): Promise<T> {
    const file = await this.#runtime.disk.open(name, 'read');
    try {
      return await use(file);
    } finally {
      await file.close();
    }
  }

  /** Runs when all changes before it are done, whether they failed or not. */
  #change<T>(action: () => Promise<T>): Promise<T> {
    const done = this.#changes.then(action);
    this.#changes = done.catch(() => undefined);
    return done;
  }

  #pathOf(name: string): string {
    return `${this.#runtime.disk.root}/${name}`;
  }
}
