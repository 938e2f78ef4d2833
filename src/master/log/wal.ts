/**
 * The append side of master.log: group commit. What is queued while one write and fsync are under way goes into the next.
 *
 *   append ─▶ queue ─▶ [write + fsync] ─▶ resolved in log order
 *               ▲            │ fails
 *               └── refused ◀┘ for good: after a failed fsync the kernel may call lost pages clean (ATC'20, "Can Applications
 *                              Recover from fsync Failures?"), so a second try would prove nothing
 */
import { DfsError, toDfsError } from '../../shared/errors.js';
import { MIB } from '../../shared/limits.js';
import type { DiskFile } from '../../shared/runtime.js';
import type { HintWriter } from './durable-hint.js';
import { assertBodyFits, encodeRecord, recordSizeBytes } from './record.js';

/** Of one write. The unsynced tail of the log is never longer, which recovery relies on. */
export const BATCH_BYTES_MAX = 4 * MIB;
/** Of all records that wait. */
const QUEUE_BYTES_MAX = 16 * MIB;

export interface WalEntry {
  readonly opCode: number;
  readonly term: number;
  readonly index: number;
  readonly body: Uint8Array;
}

interface Queued {
  readonly entry: WalEntry;
  readonly sizeBytes: number;
  readonly resolve: () => void;
  readonly reject: (error: DfsError) => void;
}

export class Wal {
  readonly #file: DiskFile;
  readonly #hint: HintWriter;
  readonly #onFailure: (error: DfsError) => void;
  #queue: Queued[] = [];
  #queuedBytes = 0;
  /** Durable bytes of the log; where the next batch is written. */
  #offset: number;
  #flushing: Promise<void> | null = null;
  #failure: DfsError | null = null;

  /**
   * @param file the log, open for writing
   * @param offset its length: all of it accepted and durable
   * @param onFailure called once, when the log can no longer be written
   */
  constructor(file: DiskFile, offset: number, hint: HintWriter, onFailure: (error: DfsError) => void) {
    this.#file = file;
    this.#offset = offset;
    this.#hint = hint;
    this.#onFailure = onFailure;
  }

  /** Bytes of the log that are on disk for good. */
  get durableOffset(): number {
    return this.#offset;
  }

  /**
   * Tells whether a record of this size may be appended now.
   * @throws DfsError INVALID_ARGUMENT when it is too large for ever, RESOURCE_EXHAUSTED when too much waits, or why the log failed
   */
  assertRoom(body: Uint8Array): void {
    if (this.#failure !== null) throw this.#failure;
    assertBodyFits(body);
    if (this.#queuedBytes + body.length > QUEUE_BYTES_MAX) {
      throw new DfsError('RESOURCE_EXHAUSTED', `The master has ${this.#queuedBytes} bytes of changes to log already: try again`);
    }
  }

  /**
   * Resolves once the record is on disk; appends resolve in the order they were made.
   * Rejects when the log fails: the record may be on disk or not.
   */
  append(entry: WalEntry): Promise<void> {
    if (this.#failure !== null) return Promise.reject(this.#failure);
    const sizeBytes = recordSizeBytes(entry.body.length);
    this.#queuedBytes += sizeBytes;
    const done = new Promise<void>((resolve, reject) => {
      this.#queue.push({ entry, sizeBytes, resolve, reject });
    });
    this.#flushing ??= this.#flush();
    return done;
  }

  /** Waits for what was appended, then closes the files. */
  async close(): Promise<void> {
    while (this.#flushing !== null) await this.#flushing;
    this.#failure ??= new DfsError('UNAVAILABLE', 'The master is stopping');
    await this.#hint.close();
    await this.#file.close();
  }

  async #flush(): Promise<void> {
    // Lets everything that is proposed in this turn share the first write.
    await Promise.resolve();
    while (this.#queue.length > 0 && this.#failure === null) {
      const batch = this.#takeBatch();
      try {
        const bytes = this.#encode(batch);
        await this.#file.write(bytes, this.#offset);
        await this.#file.sync();
        this.#offset += bytes.length;
        this.#hint.update(this.#offset);
        for (const queued of batch) queued.resolve();
      } catch (error) {
        this.#fail(batch, error);
      }
    }
    this.#flushing = null;
  }

  #takeBatch(): Queued[] {
    let bytes = 0;
    let count = 0;
    for (const queued of this.#queue) {
      if (count > 0 && bytes + queued.sizeBytes > BATCH_BYTES_MAX) break;
      bytes += queued.sizeBytes;
      count += 1;
    }
    this.#queuedBytes -= bytes;
    return this.#queue.splice(0, count);
  }

  #encode(batch: readonly Queued[]): Uint8Array {
    const bytes = new Uint8Array(batch.reduce((sum, queued) => sum + queued.sizeBytes, 0));
    let at = 0;
    for (const { entry } of batch) at = encodeRecord({ ...entry, durableOffset: this.#offset }, bytes, at);
    return bytes;
  }

  #fail(batch: readonly Queued[], error: unknown): void {
    const cause = toDfsError(error, 'Cannot write master.log');
    this.#failure = new DfsError('UNAVAILABLE', `The master cannot write its log and stops: ${cause.message}`, { cause });
    for (const queued of [...batch, ...this.#queue]) queued.reject(this.#failure);
    this.#queue = [];
    this.#onFailure(new DfsError(cause.code, `Cannot write master.log: ${cause.message}`, { cause }));
  }
}
