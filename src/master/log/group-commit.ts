/**
 * The queue before the log: what is given while one write and fsync are under way goes into the next.
 *
 *   append ─▶ queue ─▶ [write + fsync] ─▶ resolved in order
 *               ▲            │ fails
 *               └── refused ◀┘ for good: after a failed fsync the kernel may call lost pages clean (Rebello et al., "Can Applications
 *                              Recover from fsync Failures?", ATC'20), so a second try would prove nothing
 */
import { DfsError, toDfsError } from '../../shared/errors.js';
import { MIB } from '../../shared/limits.js';
import type { HardState } from '../../raft/types.js';
import type { LogItem } from './entry-record.js';
import { recordSizeBytes } from './record.js';

/** Of one write, except that a single larger record goes alone. The unsynced tail of the log is never longer, which recovery relies on. */
export const BATCH_BYTES_MAX = 4 * MIB;

interface Settle {
  readonly resolve: () => void;
  readonly reject: (error: DfsError) => void;
}

interface AppendJob extends Settle {
  readonly kind: 'append';
  readonly items: readonly LogItem[];
  readonly hardState: HardState | null;
  /** Items before it are durable. */
  done: number;
}

interface TaskJob extends Settle {
  readonly kind: 'task';
  readonly run: () => Promise<void>;
}

type Job = AppendJob | TaskJob;

/** Makes records durable, and the last hard state among them. */
type WriteRound = (items: readonly LogItem[], hardState: HardState | null) => Promise<void>;

export class GroupCommit {
  readonly #write: WriteRound;
  #queue: Job[] = [];
  #queuedBytes = 0;
  #draining: Promise<void> | null = null;
  #failure: DfsError | null = null;

  constructor(write: WriteRound) {
    this.#write = write;
  }

  /** Of records that are not durable yet. */
  get queuedBytes(): number {
    return this.#queuedBytes;
  }

  /** @throws DfsError why nothing is written any more */
  assertUsable(): void {
    if (this.#failure !== null) throw this.#failure;
  }

  /**
   * Resolves once the items are on disk, after everything that was given before.
   * @param hardState the one among the items, which is the first of them
   */
  append(items: readonly LogItem[], hardState: HardState | null): Promise<void> {
    for (const { body } of items) this.#queuedBytes += recordSizeBytes(body.length);
    return this.#enqueue((settle) => ({ kind: 'append', items, hardState, done: 0, ...settle }));
  }

  /** Runs something that must not happen during a write, when it is its turn. If it fails, everything does. */
  task(run: () => Promise<void>): Promise<void> {
    return this.#enqueue((settle) => ({ kind: 'task', run, ...settle }));
  }

  /** Ends everything: nothing is written any more. Later calls keep the first failure. @returns the error of all later calls */
  fail(error: unknown): DfsError {
    if (this.#failure !== null) return this.#failure;
    const cause = toDfsError(error, 'Cannot write the log');
    this.#failure = new DfsError('UNAVAILABLE', `The master cannot write its log and stops: ${cause.message}`, { cause });
    const queue = this.#queue;
    this.#queue = [];
    this.#queuedBytes = 0;
    for (const job of queue) job.reject(this.#failure);
    return this.#failure;
  }

  /** Waits for what was given, then takes nothing more. */
  async close(): Promise<void> {
    while (this.#draining !== null) await this.#draining;
    this.#failure ??= new DfsError('UNAVAILABLE', 'The master is stopping');
  }

  #enqueue(job: (settle: Settle) => Job): Promise<void> {
    if (this.#failure !== null) return Promise.reject(this.#failure);
    const done = new Promise<void>((resolve, reject) => {
      this.#queue.push(job({ resolve, reject }));
    });
    this.#draining ??= this.#drain();
    return done;
  }

  async #drain(): Promise<void> {
    // Lets everything that is given in this turn share the first write.
    await Promise.resolve();
    try {
      for (let job = this.#queue[0]; job !== undefined; job = this.#queue[0]) {
        if (job.kind === 'append') {
          await this.#appendRound();
        } else {
          await job.run();
          this.#settleFirst(1);
        }
      }
    } catch (error) {
      this.fail(error);
    }
    this.#draining = null;
  }

  /** One write: of as many of the first jobs as fit, up to the next task. */
  async #appendRound(): Promise<void> {
    const round = { items: [] as LogItem[], bytes: 0, hardState: null as HardState | null };
    let finished = 0;
    for (const job of this.#queue) {
      if (job.kind !== 'append') break;
      if (job.done === 0) round.hardState = job.hardState ?? round.hardState;
      for (let item = job.items[job.done]; item !== undefined; item = job.items[job.done]) {
        const bytes = recordSizeBytes(item.body.length);
        if (round.items.length > 0 && round.bytes + bytes > BATCH_BYTES_MAX) break;
        round.items.push(item);
        round.bytes += bytes;
        job.done += 1;
      }
      if (job.done < job.items.length) break;
      finished += 1;
    }
    if (round.items.length > 0) await this.#write(round.items, round.hardState);
    this.#queuedBytes -= round.bytes;
    this.#settleFirst(finished);
  }

  #settleFirst(count: number): void {
    // Empty when it has failed meanwhile: then they have been rejected already.
    for (const job of this.#queue.splice(0, count)) job.resolve();
  }
}
