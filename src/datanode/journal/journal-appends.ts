/**
 * Appends records to the segments of the commit journal. What is given while one write and fsync are under way shares the next.
 *
 *   append ─▶ queue ─▶ [write + fsync] ─▶ resolved in order
 *               ▲            │ the fsync fails: for good, the node must stop
 *               └── refused ◀┴ the write fails: cut back to what is durable; the records of this write are refused
 */
import { DfsError, isDfsError } from '../../shared/errors.js';
import type { Clock, Disk, DiskFile } from '../../shared/runtime.js';
import { segmentFileName } from './journal-files.js';
import { encodeJournalRecord, type JournalRecord, journalRecordBytes } from './journal-record.js';
import { JournalSegment } from './journal-segment.js';

export interface AppendsContext {
  readonly disk: Disk;
  readonly clock: Pick<Clock, 'nowMs'>;
  /** Of one segment, roughly: the write that crosses it is the last one. */
  readonly segmentBytes: number;
  /** Of one write, except that a single larger record goes alone. */
  readonly writeBytesMax: number;
  /** fsyncs the data folder; what it rejects with has been reported. */
  readonly syncFolder: () => Promise<void>;
  /** A segment has its first durable record. */
  readonly onSegment: (segment: JournalSegment) => void;
  /** Called once, when it is not known what of the journal survives. */
  readonly onFatal: (error: DfsError) => void;
}

interface Job {
  readonly record: JournalRecord;
  readonly progressed: () => void;
  readonly resolve: (segment: JournalSegment) => void;
  readonly reject: (error: unknown) => void;
}

/** The segment that is written to. */
interface Active {
  readonly segment: JournalSegment;
  readonly sequence: number;
  readonly file: DiskFile;
}

export class JournalAppends {
  readonly #context: AppendsContext;
  #queue: Job[] = [];
  #draining: Promise<void> | null = null;
  #active: Active | null = null;
  #nextSequence: number;
  #failure: DfsError | null = null;

  /** @param nextSequence larger than any in the folder */
  constructor(context: AppendsContext, nextSequence: number) {
    this.#context = context;
    this.#nextSequence = nextSequence;
  }

  /**
   * Resolves once the record is durable, with its segment, which the caller has to leave.
   * Rejects when the disk refused it, which leaves nothing of it, and for good after a failed fsync.
   * @param progressed called after each disk call until then
   */
  append(record: JournalRecord, progressed: () => void = () => undefined): Promise<JournalSegment> {
    if (this.#failure !== null) return Promise.reject(this.#failure);
    const appended = new Promise<JournalSegment>((resolve, reject) => {
      this.#queue.push({ record, progressed, resolve, reject });
    });
    this.#draining ??= this.#drain();
    return appended;
  }

  /** Nothing more goes into this segment. */
  retire(segment: JournalSegment): void {
    if (this.#active?.segment !== segment) return;
    const { file } = this.#active;
    this.#active = null;
    // A write to it may be under way.
    void segment.idle().then(() => file.close().catch(() => undefined));
  }

  /** Waits for what was given, then takes nothing more. */
  async stop(): Promise<void> {
    while (this.#draining !== null) await this.#draining;
    this.#failure ??= new DfsError('UNAVAILABLE', 'The node is stopping');
    await this.#active?.file.close().catch(() => undefined);
    this.#active = null;
  }

  async #drain(): Promise<void> {
    // What is given in this turn shares the first write.
    await Promise.resolve();
    while (this.#queue.length > 0) {
      const jobs = this.#nextJobs();
      try {
        const segment = await this.#write(jobs);
        for (const { resolve } of jobs) resolve(segment);
      } catch (error) {
        const failed = this.#failure === null ? jobs : [...jobs, ...this.#queue.splice(0)];
        for (const { reject } of failed) reject(error);
      }
    }
    this.#draining = null;
  }

  /** As many as fit into one write. */
  #nextJobs(): Job[] {
    let bytes = 0;
    const end = this.#queue.findIndex(({ record }, i) => {
      bytes += journalRecordBytes(record);
      return i > 0 && bytes > this.#context.writeBytesMax;
    });
    return this.#queue.splice(0, end === -1 ? this.#queue.length : end);
  }

  async #write(jobs: readonly Job[]): Promise<JournalSegment> {
    const current = this.#active;
    if (current !== null && current.segment.sizeBytes >= this.#context.segmentBytes) this.retire(current.segment);
    const active = this.#active ?? (await this.#open());
    this.#progressed(jobs);
    const { segment } = active;
    segment.enter(jobs.length);
    try {
      await this.#writeTo(active, jobs);
    } catch (error) {
      segment.leave(jobs.length);
      throw error;
    }
    return segment;
  }

  async #writeTo(active: Active, jobs: readonly Job[]): Promise<void> {
    const { segment, sequence, file } = active;
    const durableOffset = segment.sizeBytes;
    const bytes = encode(jobs, sequence, durableOffset);
    try {
      await file.write(bytes, durableOffset);
    } catch (error) {
      await this.#takeBack(active, error);
      throw error;
    }
    this.#progressed(jobs);
    try {
      await file.sync();
      if (durableOffset === 0) {
        this.#progressed(jobs);
        await this.#context.syncFolder();
      }
    } catch (error) {
      throw this.#fatal('fsync', segment, error);
    }
    if (durableOffset === 0) {
      this.#active = active;
      this.#nextSequence += 1;
      this.#context.onSegment(segment);
    }
    segment.sizeBytes += bytes.length;
    this.#progressed(jobs);
  }

  /** A call of the disk has ended, for which these and all behind them wait. */
  #progressed(jobs: readonly Job[]): void {
    for (const { progressed } of [...jobs, ...this.#queue]) progressed();
  }

  async #open(): Promise<Active> {
    const { disk, clock } = this.#context;
    const sequence = this.#nextSequence;
    const name = segmentFileName(sequence);
    const file = await disk.open(name, 'create');
    return { segment: new JournalSegment(name, clock.nowMs()), sequence, file };
  }

  /** Takes back, durably, what a failed write may have left: a record of a commit that has failed must not come back. */
  async #takeBack({ segment, file }: Active, error: unknown): Promise<void> {
    const isNew = segment.sizeBytes === 0;
    try {
      // A folder that takes no changes has taken none.
      if (!isDfsError(error, 'READ_ONLY')) {
        await file.truncate(segment.sizeBytes);
        await file.sync();
        if (isNew) await this.#context.disk.remove(segment.name);
      }
    } catch (cause) {
      throw this.#fatal('cut back', segment, cause);
    } finally {
      if (isNew) await file.close().catch(() => undefined);
    }
  }

  #fatal(action: string, segment: JournalSegment, cause: unknown): DfsError {
    if (this.#failure !== null) return this.#failure;
    const { disk, onFatal } = this.#context;
    this.#failure = new DfsError('IO_ERROR', `Cannot ${action} "${segment.name}" in "${disk.root}": the node must stop`, {
      cause,
    });
    onFatal(this.#failure);
    return this.#failure;
  }
}

function encode(jobs: readonly Job[], sequence: number, durableOffset: number): Uint8Array {
  const bytes = new Uint8Array(jobs.reduce((sum, { record }) => sum + journalRecordBytes(record), 0));
  let at = 0;
  for (const { record } of jobs) {
    at = encodeJournalRecord(record, { sequence, offset: durableOffset + at, durableOffset }, bytes, at);
  }
  return bytes;
}
