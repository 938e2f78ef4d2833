/** Records client operations: one line of history.ndjson for each operation, written when the outcome is known. */
import type { Operation } from './operation.js';

/** The fields of an operation that are known when the operation begins. */
export type Invocation = Pick<
  Operation,
  | 'client'
  | 'session'
  | 'kind'
  | 'path'
  | 'toPath'
  | 'parents'
  | 'recursive'
  | 'sha256'
  | 'lengthBytes'
  | 'content'
  | 'startByte'
  | 'endByte'
>;

/** The result of an acknowledged operation. */
export type OperationResult = Pick<Operation, 'sha256' | 'lengthBytes' | 'names' | 'exists'>;

/** An operation in progress. The first of the three calls counts; later calls change nothing. */
export interface OpenOperation {
  /** Records that the operation was acknowledged. */
  complete(result?: OperationResult): void;
  /** Records that the operation was refused and has no effect. @param error errno-style code */
  fail(error: string): void;
  /** Records that the operation may take effect now, later, or never. @param error errno-style code, where there is one */
  unknown(error?: string): void;
}

/**
 * Minimum time between two events of one recorder: the events happened one after the other in one thread, and their times keep that
 * order even where the clock stands still (virtual time) or is coarse.
 */
const TICK_MS = 1e-4;

export class HistoryRecorder {
  readonly #nowMs: () => number;
  readonly #write: (line: string) => void;
  readonly #open = new Map<number, Operation>();
  #lastMs = 0;
  #begun = 0;
  #sessions = 0;
  #written = 0;

  /**
   * @param nowMs the run's monotonic clock, milliseconds >= 0
   * @param write receives each line, with its line feed, in order of completion. Only open operations are kept in memory
   */
  constructor(nowMs: () => number, write: (line: string) => void) {
    this.#nowMs = nowMs;
    this.#write = write;
  }

  /** Number of lines written so far. */
  get operations(): number {
    return this.#written;
  }

  /** A new number for a connection of a client. */
  newSession(): number {
    this.#sessions += 1;
    return this.#sessions;
  }

  begin(invocation: Invocation): OpenOperation {
    const id = ++this.#begun;
    const operation: Operation = { id, ...invocation, invokedMs: this.#stamp(), completedMs: null, outcome: 'unknown' };
    this.#open.set(id, operation);
    return {
      complete: (result = {}) => this.#end(id, { outcome: 'ok', ...result }),
      fail: (error) => this.#end(id, { outcome: 'fail', error }),
      unknown: (error) => this.#end(id, { outcome: 'unknown', ...(error === undefined ? {} : { error }) }),
    };
  }

  /** Ends the recording: open operations become unknown, and operations that end later are not recorded. */
  end(): void {
    for (const operation of this.#open.values()) this.#writeLine(operation);
    this.#open.clear();
  }

  #end(id: number, ending: Pick<Operation, 'outcome' | 'error'> & OperationResult): void {
    const operation = this.#open.get(id);
    if (operation === undefined) return;
    this.#open.delete(id);
    this.#writeLine({ ...operation, ...ending, completedMs: this.#stamp() });
  }

  #writeLine(operation: Operation): void {
    this.#written += 1;
    this.#write(`${JSON.stringify(operation)}\n`);
  }

  #stamp(): number {
    const ms = Math.max(this.#nowMs(), this.#lastMs + TICK_MS);
    this.#lastMs = Math.round(ms / TICK_MS) / (1 / TICK_MS);
    return this.#lastMs;
  }
}
