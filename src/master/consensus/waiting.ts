/** Calls that wait for the group: proposals until their entry is applied, reads until they are confirmed. */
import { DfsError } from '../../shared/errors.js';

interface WaitingProposal<Answer> {
  readonly term: number;
  readonly sinceMs: number;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: DfsError) => void;
}

interface WaitingRead {
  /** What must be applied first; null: not confirmed yet. */
  index: number | null;
  readonly resolve: () => void;
  readonly reject: (error: DfsError) => void;
}

export class Waiting<Answer> {
  /** By index, in order. */
  readonly #proposals = new Map<number, WaitingProposal<Answer>>();
  readonly #reads = new Map<number, WaitingRead>();
  #lastContext = 0;

  get proposals(): number {
    return this.#proposals.size;
  }

  /** Resolves with the answer of the entry at this place. */
  proposal(index: number, term: number, nowMs: number): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.#proposals.set(index, { term, sinceMs: nowMs, resolve, reject });
    });
  }

  /**
   * An entry was applied: its proposal is answered. Another entry at that place means that the proposal never takes effect.
   * @returns how long its proposal waited, or null when none did
   */
  applied(index: number, term: number, answer: Answer, nowMs: number): number | null {
    const waiting = this.#proposals.get(index);
    if (waiting === undefined) return null;
    this.#proposals.delete(index);
    if (waiting.term === term) waiting.resolve(answer);
    else waiting.reject(new DfsError('NOT_LEADER', 'This master lost its leadership before the change was logged: try again'));
    return nowMs - waiting.sinceMs;
  }

  /** A context for the core, and what resolves when it was confirmed and applied. */
  read(): { readonly context: number; readonly done: Promise<void> } {
    const context = ++this.#lastContext;
    const done = new Promise<void>((resolve, reject) => {
      this.#reads.set(context, { index: null, resolve, reject });
    });
    return { context, done };
  }

  confirmed(context: number, index: number): void {
    const read = this.#reads.get(context);
    if (read !== undefined) read.index = index;
  }

  /** Answers the reads whose index is applied. */
  answerReads(appliedIndex: number): void {
    for (const [context, read] of this.#reads) {
      if (read.index === null || read.index > appliedIndex) continue;
      this.#reads.delete(context);
      read.resolve();
    }
  }

  loseRead(context: number, error: DfsError): void {
    this.#reads.get(context)?.reject(error);
    this.#reads.delete(context);
  }

  /** Rejects everything that waits. @param readError for reads, which did nothing */
  loseAll(proposalError: DfsError, readError: DfsError): void {
    for (const waiting of this.#proposals.values()) waiting.reject(proposalError);
    this.#proposals.clear();
    for (const read of this.#reads.values()) read.reject(readError);
    this.#reads.clear();
  }
}
