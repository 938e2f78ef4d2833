/** The transfers of one command: some at a time, with one progress line. One that fails does not stop the others. */
import { DistriFSError } from '../../../client/sdk-error.js';
import { MIB } from '../../../shared/limits.js';
import type { ProgressBar } from '../../terminal/progress-bar.js';
import { writeLine } from '../../terminal/standard-output.js';
import { transferProgress } from '../../terminal/transfer-progress.js';
import type { ClientCommandContext } from '../client-command.js';
import { runPool } from './transfer-pool.js';

/** Memory of all transfers under way: a file that is written keeps a chunk in memory until it is committed. */
const MEMORY_BYTES_MAX = 256 * MIB;

export interface Transfer {
  /** Name on the progress line of a single transfer. */
  readonly label: string;
  /** Bytes to transfer; null when unknown. */
  readonly bytes: number | null;
  /** Memory that the transfer holds. */
  readonly memoryBytes: number;
  /**
   * @param onBytes to be called with the size of each piece
   * @returns the line of the results with --json
   */
  readonly run: (onBytes: (bytes: number) => void) => Promise<object>;
}

export interface BatchOptions {
  /** Transfers at a time. */
  readonly parallel: number;
  /** One file without a directory or a pattern: its progress line has its name, and its JSON has no summary. */
  readonly isSingle: boolean;
  /** Counts what there is to transfer, for the time left. */
  readonly count?: () => AsyncIterable<{ readonly bytes: number }>;
}

/** Codes of failures of one file, although a retry can succeed. */
const FAILURES_OF_A_FILE: ReadonlySet<string> = new Set(['CHUNK_UNAVAILABLE', 'DATA_CORRUPT', 'CONNECTION_LOST']);

/** Whether every further transfer would fail the same way, after as long a wait: no master answers, no datanode has space. */
const isOfCluster = (error: unknown): boolean =>
  error instanceof DistriFSError && error.retriable && !FAILURES_OF_A_FILE.has(error.dfsCode);

export class Batch {
  readonly #context: Pick<ClientCommandContext, 'json' | 'signal' | 'fail' | 'warn'>;
  readonly #options: BatchOptions;
  #bar: ProgressBar | null = null;
  #files = 0;
  #bytes = 0;
  #failed = 0;
  #skipped = 0;
  #isStopped = false;
  #isOver = false;
  readonly #total = { files: 0, bytes: 0, isCounted: false };

  constructor(context: Pick<ClientCommandContext, 'json' | 'signal' | 'fail' | 'warn'>, options: BatchOptions) {
    this.#context = context;
    this.#options = options;
  }

  /** Reports what cannot be transferred; the exit code of the command is 1. */
  fail(error: unknown): void {
    this.#failed++;
    this.#bar?.clear();
    this.#context.fail(error);
    if (isOfCluster(error)) this.#isStopped = true;
  }

  /** The result of a step; null when it failed, which is reported. */
  attempt<T>(step: () => T): T | null {
    try {
      return step();
    } catch (error) {
      this.fail(error);
      return null;
    }
  }

  /** Reports what is skipped on purpose. */
  skip(text: string): void {
    this.#skipped++;
    this.warn(text);
  }

  warn(text: string): void {
    this.#bar?.clear();
    this.#context.warn(text);
  }

  /** Runs the transfers. Never rejects for the failure of one of them. */
  async run(transfers: AsyncIterable<Transfer>): Promise<void> {
    const isStopped = (): boolean => this.#isStopped || this.#context.signal.aborted;
    const limits = { tasks: this.#options.parallel, bytes: MEMORY_BYTES_MAX };
    if (!this.#options.isSingle) void this.#startBar();
    try {
      await runPool(
        transfers,
        limits,
        ({ memoryBytes }) => memoryBytes,
        (transfer) => this.#transfer(transfer),
        isStopped,
      );
    } catch (error) {
      this.fail(error);
    } finally {
      this.#isOver = true;
      this.#bar?.clear();
    }
    this.end();
  }

  async #transfer({ label, bytes, run }: Transfer): Promise<void> {
    if (this.#options.isSingle) this.#bar = await transferProgress(label, bytes);
    try {
      const result = await run((piece) => {
        this.#bytes += piece;
        this.#bar?.advance(piece);
      });
      this.#files++;
      if (this.#context.json) writeLine(JSON.stringify(result));
    } catch (error) {
      this.fail(error);
    }
  }

  /** Shows the progress of the whole batch, and counts beside the transfers what there is to do. Never rejects. */
  async #startBar(): Promise<void> {
    const { count } = this.#options;
    const total = this.#total;
    const label = (): string => (total.isCounted ? `${this.#files} of ${total.files} files` : `${this.#files} files`);
    const bar = await transferProgress(label, () => (total.isCounted ? total.bytes : null));
    if (this.#isOver || bar === null) return;
    this.#bar = bar;
    if (count === undefined) return;
    const isOver = (): boolean => this.#isOver;
    try {
      for await (const { bytes } of count()) {
        if (isOver()) return;
        total.files++;
        total.bytes += bytes;
      }
      total.isCounted = true;
    } catch {
      // The transfers meet the same failure, and report it.
    }
  }

  /** Prints the summary; `run` does. For a batch without transfers. */
  end(): void {
    if (this.#options.isSingle || this.#context.signal.aborted) return;
    const summary = { files: this.#files, bytes: this.#bytes, failed: this.#failed, skipped: this.#skipped };
    if (this.#context.json) writeLine(JSON.stringify({ summary }));
    else if (this.#failed > 0)
      this.#context.warn(`${this.#failed} failed, ${this.#files} done${this.#isStopped ? '; ended early' : ''}`);
  }
}
