/** Records client operations as they begin and end: one line of history.ndjson for each, written when its outcome is known. */
import type { Operation } from './operation.js';

/** What is known when an operation begins. */
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

/** What an acknowledged operation brought. */
export type OperationResult = Pick<Operation, 'sha256' | 'lengthBytes' | 'names' | 'exists'>;

/** An operation under way. The first of the three calls counts, later ones change nothing. */
export interface OpenOperation {
  /** It was acknowledged. */
  complete(result?: OperationResult): void;
  /** It was refused, and certainly has no effect. @param error errno-style code */
  fail(error: string): void;
  /** It may have taken effect, may do so later, or never. @param error errno-style code, where there is one */
  unknown(error?: string): void;
}

/**
 * Between two events of one recorder at least this passes: they happened one after the other in one thread, and their times say so
 * even where the clock stands still (virtual time) or is coarse.
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
   * @param write takes each line, with its line feed. Lines come in order of completion; only open operations are kept in memory
   */
  constructor(nowMs: () => number, write: (line: string) => void) {
    this.#nowMs = nowMs;
    this.#write = write;
  }

  /** Lines written so far. */
  get operations(): number {
    return this.#written;
  }

  /** A number for the operations of one connection of a client. */
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

  /** The run is over: what is still open becomes unknown, and what ends later is not recorded any more. */
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
