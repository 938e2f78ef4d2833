/**
 * The files that the log is appended to: the active segment, closed ones before it. One call at a time, each of them durable when it
 * resolves; after one that failed nothing more may be asked.
 *
 *   rotate      new file beside (fsync) ─▶ active gets its closed name ─▶ the new one becomes active      a folder fsync after each
 *   beginAfter  new file beside (fsync) ─▶ it takes the active one's place ─▶ folder fsync ─▶ closed ones are removed
 *
 * A crash between the renames leaves the new file under its temporary name, whole: recovery puts it in place.
 */
import assert from 'node:assert/strict';
import { toDfsError } from '../../shared/errors.js';
import type { Clock, Disk, DiskFile, Logger } from '../../shared/runtime.js';
import type { Room } from '../base/disk-room.js';
import type { EntryId, HardState } from '../../raft/types.js';
import type { LogItem } from './entry-record.js';
import { RecentLatencies } from '../../shared/recent-latencies.js';
import { closedSegmentName, LOG_FILE, temporarySegmentName, writeWhole } from './log-files.js';
import { encodeRecord, recordSizeBytes } from './record.js';
import { encodeHead } from './segment-head.js';
import type { SegmentHead } from './segment-head.js';
import type { SegmentHintWriter } from './segment-hint.js';

export interface Segment {
  readonly head: SegmentHead;
  readonly sizeBytes: number;
}

export interface ClosedSegment extends Segment {
  readonly name: string;
}

/** The log as it was found, or made: all of it durable. */
export interface LogEnd {
  /** Open for writing. */
  readonly file: DiskFile;
  readonly active: Segment;
  /** Oldest first. */
  readonly closed: readonly ClosedSegment[];
  /** The last entry. */
  readonly last: EntryId;
  /** The last one in the log. */
  readonly hardState: HardState;
  /** Larger than any generation that was ever used in this folder. */
  readonly nextGeneration: number;
}

export interface SegmentsContext {
  readonly disk: Disk;
  readonly clock: Clock;
  readonly log: Logger;
  /** What happens when the disk is full. */
  readonly room: Room;
}

export class LogSegments {
  readonly latency = new RecentLatencies();
  readonly #context: SegmentsContext;
  readonly #hint: SegmentHintWriter;
  #file: DiskFile;
  #head: SegmentHead;
  /** Durable bytes of the active segment; where the next record goes. */
  #offset: number;
  #closed: readonly ClosedSegment[];
  #last: EntryId;
  #hardState: HardState;
  #nextGeneration: number;
  /** Reused: a write has ended before the next one is laid out. */
  #buffer = new Uint8Array(0);

  constructor(context: SegmentsContext, hint: SegmentHintWriter, end: LogEnd) {
    this.#context = context;
    this.#hint = hint;
    this.#file = end.file;
    this.#head = end.active.head;
    this.#offset = end.active.sizeBytes;
    this.#closed = end.closed;
    this.#last = end.last;
    this.#hardState = end.hardState;
    this.#nextGeneration = end.nextGeneration;
    this.#noteDurable();
  }

  /** Of all files. */
  get logBytes(): number {
    return this.#closed.reduce((sum, segment) => sum + segment.sizeBytes, this.#offset);
  }

  get activeBytes(): number {
    return this.#offset;
  }

  /** The last one in the log. */
  get hardState(): HardState {
    return this.#hardState;
  }

  /**
   * False while the log does not reach beyond the active segment's start, because entries before it were replaced by fewer: the
   * next segment's name must be greater.
   */
  get mayRotate(): boolean {
    return this.#last.index > this.#head.base.index;
  }

  /**
   * Writes records and fsyncs them. On a full disk, the write is cut back to what is durable, and waits for space.
   * @param hardState the last one among them, if there is one
   */
  async append(items: readonly LogItem[], hardState: HardState | null): Promise<void> {
    const { clock, room } = this.#context;
    const bytes = this.#encode(items);
    await room.retry(
      () => this.#file.write(bytes, this.#offset),
      () => this.#file.truncate(this.#offset),
    );
    const beganMs = clock.nowMs();
    await this.#file.sync();
    this.latency.add(clock.nowMs() - beganMs);
    this.#offset += bytes.length;
    this.#last = idOf(items.findLast(({ id }) => id !== null)?.id ?? this.#last);
    this.#hardState = hardState ?? this.#hardState;
    this.#noteDurable();
  }

  /** Closes the active segment and begins another. */
  async rotate(): Promise<void> {
    assert(this.mayRotate, `segment ${this.#head.generation} holds nothing after entry ${this.#head.base.index}`);
    const { disk, room } = this.#context;
    const { generation, base } = this.#head;
    const closed = { name: closedSegmentName(base.index + 1), head: this.#head, sizeBytes: this.#offset };
    const next = await this.#prepare(this.#last, generation, this.#offset, this.#hardState);
    await room.retry(() => disk.rename(LOG_FILE, closed.name));
    await disk.syncDirectory('.');
    this.#closed = [...this.#closed, closed];
    await this.#activate(next);
  }

  /**
   * Throws the log away, for a checkpoint that holds more.
   * @param base the checkpoint's last entry
   */
  async beginAfter(base: EntryId, hardState: HardState): Promise<void> {
    const next = await this.#prepare(idOf(base), 0, 0, hardState);
    await this.#activate(next);
    this.#last = next.head.base;
    this.#hardState = hardState;
    // All of them must be gone before one of the same name is made; what a crash leaves of them is recognized by its generation.
    for (const { name } of this.#closed) await this.#context.disk.remove(name);
    this.#closed = [];
  }

  /** Removes closed segments that hold nothing after an entry. What cannot be removed now stays until the next call. */
  async dropBefore(index: number): Promise<void> {
    const { disk, log } = this.#context;
    for (let oldest = this.#closed[0]; oldest !== undefined; oldest = this.#closed[0]) {
      const following = this.#closed[1]?.head ?? this.#head;
      if (following.base.index > index) return;
      try {
        await disk.remove(oldest.name);
      } catch (error) {
        log.warn(`Cannot remove ${oldest.name}, which is not needed any more`, {
          cause: toDfsError(error, 'Cannot remove').message,
        });
        return;
      }
      this.#closed = this.#closed.slice(1);
    }
  }

  async close(): Promise<void> {
    await this.#hint.close();
    await this.#file.close();
  }

  #encode(items: readonly LogItem[]): Uint8Array {
    const size = items.reduce((sum, { body }) => sum + recordSizeBytes(body.length), 0);
    if (this.#buffer.length < size) this.#buffer = new Uint8Array(Math.max(size, 2 * this.#buffer.length));
    let { term, index } = this.#last;
    let at = 0;
    for (const { id, opCode, body } of items) {
      if (id !== null) {
        assert(id.index <= index + 1, `entry ${id.index} follows entry ${index}`);
        ({ term, index } = id);
      }
      at = encodeRecord({ opCode, term, index, durableOffset: this.#offset, body }, this.#buffer, at);
    }
    return this.#buffer.subarray(0, at);
  }

  /** Makes the file that is to be the active one, under a temporary name, and its name durable. */
  async #prepare(
    base: EntryId,
    previousGeneration: number,
    previousSizeBytes: number,
    hardState: HardState,
  ): Promise<{ name: string; head: SegmentHead; sizeBytes: number }> {
    const { disk, room } = this.#context;
    const generation = this.#nextGeneration;
    this.#nextGeneration += 1;
    const head = { generation, previousGeneration, previousSizeBytes, base };
    const name = temporarySegmentName(generation);
    const bytes = encodeHead(head, hardState);
    await writeWhole(disk, name, bytes, room);
    await disk.syncDirectory('.');
    return { name, head, sizeBytes: bytes.length };
  }

  async #activate({ name, head, sizeBytes }: { name: string; head: SegmentHead; sizeBytes: number }): Promise<void> {
    const { disk, room } = this.#context;
    await room.retry(() => disk.rename(name, LOG_FILE));
    await disk.syncDirectory('.');
    const before = this.#file;
    this.#file = await disk.open(LOG_FILE, 'update');
    this.#head = head;
    this.#offset = sizeBytes;
    this.#noteDurable();
    await before.close();
  }

  #noteDurable(): void {
    this.#hint.update({ generation: this.#head.generation, durableOffset: this.#offset });
  }
}

/** Without what else an entry or a snapshot has. */
function idOf({ index, term }: EntryId): EntryId {
  return { index, term };
}
