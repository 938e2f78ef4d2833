/** A snapshot that comes in pieces from the leader: a temporary file until all of it is there and proves to be whole. */
import { isDfsError, DfsError } from '../../shared/errors.js';
import type { Disk, DiskFile } from '../../shared/runtime.js';
import type { Snapshot, SnapshotPiece } from '../../raft/types.js';
import type { Room } from '../base/disk-room.js';
import { readCheckpoint } from './read-checkpoint.js';

export class IncomingSnapshot {
  readonly snapshot: Snapshot;
  readonly temporary: string;
  readonly #disk: Disk;
  readonly #file: DiskFile;
  readonly #room: Room;
  #sizeBytes = 0;

  private constructor(disk: Disk, room: Room, file: DiskFile, snapshot: Snapshot, temporary: string) {
    this.#disk = disk;
    this.#room = room;
    this.#file = file;
    this.snapshot = snapshot;
    this.temporary = temporary;
  }

  /** @param room what happens when the disk is full @throws DfsError of the disk */
  static async begin(disk: Disk, room: Room, snapshot: Snapshot, temporary: string): Promise<IncomingSnapshot> {
    const file = await room.retry(() => disk.open(temporary, 'exclusive'));
    return new IncomingSnapshot(disk, room, file, snapshot, temporary);
  }

  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  /** @throws DfsError PROTOCOL_ERROR when the piece does not follow what is there, or of the disk */
  async add({ snapshot, offset, data }: SnapshotPiece): Promise<void> {
    if (snapshot.id !== this.snapshot.id || offset !== this.#sizeBytes) {
      const message = `Cannot store bytes of snapshot ${snapshot.id} from ${offset} on: ${this.#sizeBytes} bytes of ${this.snapshot.id} are here`;
      throw new DfsError('PROTOCOL_ERROR', message);
    }
    await this.#room.retry(() => this.#file.write(data, offset));
    this.#sizeBytes += data.length;
  }

  /**
   * Checks all of it and makes its content durable.
   * @throws DfsError LOG_DAMAGED when the bytes are not this snapshot, or of the disk
   */
  async complete(snapshot: Snapshot): Promise<void> {
    const found = await readCheckpoint(this.#file, `the snapshot ${snapshot.id} from the leader`, () => undefined);
    if (!isSameSnapshot(found.snapshot, snapshot)) {
      const { id, index, term } = found.snapshot;
      const message = `The leader sent snapshot ${id} of entry ${index}, term ${term}, as ${snapshot.id} of entry ${snapshot.index}, term ${snapshot.term}`;
      throw new DfsError('LOG_DAMAGED', message);
    }
    await this.#file.sync();
    await this.#file.close();
  }

  /** Lets go of it, and of what it took on the disk where that is possible. */
  async drop(): Promise<void> {
    await this.#file.close().catch(ignoreDisk);
    await this.#disk.remove(this.temporary).catch(ignoreDisk);
  }
}

/** Whether two snapshots have equal index, term, members and size. */
export function isSameSnapshot(one: Snapshot, other: Snapshot): boolean {
  return textOf(one) === textOf(other);
}

function textOf({ id, index, term, members }: Snapshot): string {
  return JSON.stringify([id, index, term, members.map((member) => [member.id, member.incarnation, member.isVoter])]);
}

/** For what is given up anyhow: the next start removes temporaries. */
export function ignoreDisk(error: unknown): void {
  if (!isDfsError(error)) throw error;
}
