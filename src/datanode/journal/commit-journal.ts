/**
 * The commit journal of a datanode: makes small chunks durable by one append with a shared fsync. Their files are written at once and
 * fsynced later, many at a time; then the segment with their records is removed.
 *
 *   put     record durable ─▶ files in place ─▶ … ─▶ flush: files fsynced ─▶ folder fsynced ─▶ segment removed, the oldest first
 *   forget  files removed, durably ─▶ record durable: no earlier record brings the chunk back
 *
 * Its size is bounded: without a place in it, a chunk is committed without it.
 */
import type { DfsError } from '../../shared/errors.js';
import type { Clock, Disk, Logger, Timer } from '../../shared/runtime.js';
import { JournalAppends } from './journal-appends.js';
import type { JournalLimits } from './journal-limits.js';
import { JOURNAL_HEAD_BYTES, type JournalRecord } from './journal-record.js';
import { JournalSegment } from './journal-segment.js';
import { type FoundJournal, readJournal } from './read-journal.js';

export interface JournalContext {
  readonly disk: Disk;
  readonly clock: Clock;
  readonly log: Logger;
  readonly limits: JournalLimits;
  /** The files of a chunk are fsynced when its record is older than this, or when the journal is half full. */
  readonly flushAfterMs: number;
  /** fsyncs the data folder; what it rejects with has been reported. */
  readonly syncFolder: () => Promise<void>;
  /** fsyncs the files of a chunk that are there. Rejects when that has to be tried again; a failed fsync has been reported. */
  readonly syncChunk: (uuid: string, version: number) => Promise<void>;
  /** Called once, when it is not known what of the journal survives. */
  readonly onFatal: (error: DfsError) => void;
}

/** A part of the journal that is set aside for one record. */
export interface JournalPlace {
  readonly chargedBytes: number;
  /** Gives it back; harmless when done before. */
  release(): void;
}

/** Chunks whose files are fsynced side by side: few, so that commits go on. */
const FLUSH_CONCURRENCY = 2;
/** How long a stop waits for the fsync of a file that is under way. */
const FLUSH_PATIENCE_MS = 2_000;

export class CommitJournal {
  readonly #context: JournalContext;
  readonly #appends: JournalAppends;
  /** Oldest first. */
  readonly #segments: JournalSegment[] = [];
  /** The segment with the last record of each chunk that is not void. */
  readonly #holders = new Map<string, JournalSegment>();
  #placedBytes = 0;
  #timer: Timer | null = null;
  #flushing: Promise<void> | null = null;
  #isStopped = false;
  /** The files of some chunks could not be written at start: their segments are kept for the next one. */
  #isKept = false;

  private constructor(context: JournalContext, nextSequence: number) {
    this.#context = context;
    const { disk, clock, limits, syncFolder, onFatal } = context;
    const onSegment = (segment: JournalSegment): void => void this.#segments.push(segment);
    this.#appends = new JournalAppends({ ...limits, disk, clock, syncFolder, onFatal, onSegment }, nextSequence);
  }

  /**
   * Reads what an earlier process left. The caller writes the files of these records, and then calls `resume`.
   * Rejects with a DfsError of the disk.
   */
  static async open(context: JournalContext): Promise<{ readonly journal: CommitJournal; readonly found: FoundJournal }> {
    const found = await readJournal(context.disk, context.limits);
    const journal = new CommitJournal(context, (found.segments.at(-1)?.sequence ?? 0) + 1);
    for (const { name, records } of found.segments) {
      const segment = new JournalSegment(name, context.clock.nowMs());
      journal.#segments.push(segment);
      for (const record of records) journal.#noteFound(segment, record);
    }
    return { journal, found };
  }

  /**
   * The files of the records found are written, but for an fsync.
   * @param isComplete false: the disk has refused some of them, and nothing found may be removed
   */
  resume(written: readonly Pick<JournalRecord, 'uuid' | 'version'>[], isComplete: boolean): void {
    this.#isKept = !isComplete;
    for (const { uuid, version } of written) this.#holders.get(uuid)?.unsynced.set(uuid, version);
    this.#look();
  }

  /** Sets a place aside for a chunk of so many bytes; null when the journal is full. */
  reserve(chunkBytes: number): JournalPlace | null {
    const { bytesMax } = this.#context.limits;
    const chargedBytes = this.#charge(JOURNAL_HEAD_BYTES + chunkBytes);
    const usedBytes = this.#chargedBytes() + this.#placedBytes;
    if (this.#isKept || this.#isStopped || usedBytes + chargedBytes > bytesMax) return null;
    this.#placedBytes += chargedBytes;
    let isHeld = true;
    return {
      chargedBytes,
      release: () => {
        if (isHeld) this.#placedBytes -= chargedBytes;
        isHeld = false;
      },
    };
  }

  /**
   * Commits a chunk of which there is no other replica here. Durable, with its files in place, when it resolves.
   * Rejects when the disk refuses the record, or with what `writeFiles` rejects with; the record is then void.
   * @param writeFiles puts the chunk's files in place, without an fsync
   * @param progressed called after each disk call before that
   */
  async put(
    place: JournalPlace,
    chunk: Omit<JournalRecord, 'kind'>,
    writeFiles: () => Promise<void>,
    progressed: () => void = () => undefined,
  ): Promise<void> {
    const { uuid, version } = chunk;
    let segment: JournalSegment;
    try {
      segment = await this.#appends.append({ kind: 'put', ...chunk }, progressed);
    } finally {
      place.release();
    }
    segment.chargedBytes += place.chargedBytes;
    if (segment.chargedBytes >= this.#context.limits.segmentBytes) this.#appends.retire(segment);
    this.#hold(segment, uuid);
    try {
      await writeFiles();
      segment.unsynced.set(uuid, version);
    } catch (error) {
      await this.#void(uuid, version).catch((cause: unknown) => {
        this.#context.log.warn('Cannot take a record of a failed commit back: a restart puts the chunk in place', {
          uuid,
          error: cause,
        });
      });
      throw error;
    } finally {
      segment.leave();
      this.#look();
    }
  }

  /**
   * Removes a chunk up to a version so that no record brings it back. Rejects with what `remove` rejects with, or when neither the journal
   * nor the files of others could be written: then a restart may bring it back.
   * @param remove removes the chunk's data, durably
   */
  async forget(uuid: string, version: number, remove: () => Promise<void>): Promise<void> {
    const segment = this.#holders.get(uuid);
    if (segment === undefined) return remove();
    // Until both are durable, the record stands for the chunk.
    segment.enter();
    try {
      await remove();
      await this.#void(uuid, version);
    } finally {
      segment.leave();
      this.#look();
    }
  }

  /** What replaced a version of a chunk is durable: no record is to bring the version back. Never rejects. */
  async replaced(uuid: string, version: number): Promise<void> {
    try {
      await this.forget(uuid, version, () => Promise.resolve());
    } catch (error) {
      this.#context.log.warn('Cannot note in the journal that a chunk was replaced', { uuid, version, error });
    }
  }

  /**
   * Resolves when no commit is under way; the files of some chunks may not be fsynced. A flush whose disk hangs is not waited for: it
   * removes nothing any more.
   */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#timer?.cancel();
    await this.#appends.stop();
    const waiting = new AbortController();
    const patience = this.#context.clock.sleep(FLUSH_PATIENCE_MS, waiting.signal).catch(() => undefined);
    await Promise.race([this.#flushing, patience]);
    waiting.abort();
  }

  #noteFound(segment: JournalSegment, { kind, uuid, meta, data }: JournalRecord): void {
    if (kind === 'forget') this.#release(uuid);
    else {
      segment.chargedBytes += this.#charge(JOURNAL_HEAD_BYTES + meta.length + data.length);
      this.#hold(segment, uuid);
    }
  }

  #charge(recordBytes: number): number {
    return Math.max(this.#context.limits.chargeBytesMin, recordBytes);
  }

  #chargedBytes(): number {
    return this.#segments.reduce((sum, { chargedBytes }) => sum + chargedBytes, 0);
  }

  #hold(segment: JournalSegment, uuid: string): void {
    this.#release(uuid);
    this.#holders.set(uuid, segment);
    segment.held.add(uuid);
  }

  #release(uuid: string): void {
    const holder = this.#holders.get(uuid);
    holder?.held.delete(uuid);
    holder?.unsynced.delete(uuid);
    this.#holders.delete(uuid);
  }

  async #void(uuid: string, version: number): Promise<void> {
    const empty = new Uint8Array(0);
    const segment = await this.#appends.append({ kind: 'forget', uuid, version, meta: empty, data: empty });
    this.#release(uuid);
    segment.leave();
  }

  /** Begins to flush when that is due, or waits until it is. */
  #look(): void {
    this.#timer?.cancel();
    this.#timer = null;
    const oldest = this.#segments[0];
    if (oldest === undefined || this.#flushing !== null || this.#isStopped || this.#isKept) return;
    const { clock, flushAfterMs } = this.#context;
    const leftMs = oldest.bornMs + flushAfterMs - clock.nowMs();
    if (leftMs <= 0 || this.#isHalfFull()) this.#begin();
    else this.#timer = clock.setTimer(leftMs, () => this.#look());
  }

  #isHalfFull(): boolean {
    return this.#chargedBytes() > this.#context.limits.bytesMax / 2;
  }

  #begin(): void {
    const { clock, log, flushAfterMs } = this.#context;
    this.#flushing = this.#flushOldest().then(
      () => {
        this.#flushing = null;
        this.#look();
      },
      (error: unknown) => {
        this.#flushing = null;
        log.warn('Cannot fsync the files of chunks in the commit journal now; it is tried again later', { error });
        if (!this.#isStopped) this.#timer = clock.setTimer(flushAfterMs, () => this.#look());
      },
    );
  }

  async #flushOldest(): Promise<void> {
    const { disk, syncChunk, syncFolder } = this.#context;
    const segment = this.#segments[0];
    if (segment === undefined) return;
    this.#appends.retire(segment);
    await segment.idle();
    const queue = segment.unsynced.entries();
    const worker = async (): Promise<void> => {
      for (const [uuid, version] of queue) {
        if (this.#isStopped) return;
        await syncChunk(uuid, version);
        // A chunk that was replaced meanwhile is another entry.
        if (segment.unsynced.get(uuid) === version) segment.unsynced.delete(uuid);
      }
    };
    const ended = await Promise.allSettled(Array.from({ length: FLUSH_CONCURRENCY }, worker));
    for (const outcome of ended) if (outcome.status === 'rejected') throw outcome.reason;
    if (this.#isStopped) return;
    await syncFolder();
    // What was removed while its files were fsynced is not durably gone before.
    await segment.idle();
    await this.#removeOldest(disk, segment);
  }

  async #removeOldest(disk: Disk, segment: JournalSegment): Promise<void> {
    if (this.#isStopped) return;
    await disk.remove(segment.name);
    this.#segments.shift();
    for (const uuid of segment.held) this.#holders.delete(uuid);
  }
}
