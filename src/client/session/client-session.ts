/** A client's session with the masters: numbers its mutations, and records which of them are answered. */
import type { MutationHeader } from '../../protocol/generated/distrifs/v1/MutationHeader.js';
import type { OpenSessionResponse__Output } from '../../protocol/generated/distrifs/v1/OpenSessionResponse.js';

/**
 * Maximum number of unanswered mutations of a session. Counted as a span of numbers (one slow mutation delays the others), and far
 * below SESSION_MUTATIONS_MAX, the number of answers that a master remembers.
 */
const MUTATIONS_SPAN_MAX = 256;

/** A header ready to send: all fields are set. */
export interface NumberedHeader extends MutationHeader {
  readonly clusterId: string;
  readonly sessionId: number;
  readonly sequence: number;
  readonly ackedBelow: number;
}

export class ClientSession {
  readonly clusterId: string;
  readonly sessionId: number;
  readonly renewIntervalMs: number;
  /** The number of the next mutation; every number in #unanswered is below it. */
  #next = 1;
  /** Ascending, because numbers only grow. */
  readonly #unanswered = new Set<number>();
  #waiting: (() => void)[] = [];

  constructor(opened: OpenSessionResponse__Output) {
    this.clusterId = opened.clusterId;
    this.sessionId = opened.sessionId;
    this.renewIntervalMs = opened.renewIntervalMs;
  }

  /**
   * Numbers a mutation. Every retry must have the same header; the caller must call `end` afterwards.
   * Waits while too many older mutations are unanswered.
   */
  async begin(): Promise<NumberedHeader> {
    while (this.#next - this.#oldest() >= MUTATIONS_SPAN_MAX) {
      await new Promise<void>((resolve) => {
        this.#waiting.push(resolve);
      });
    }
    const sequence = this.#next++;
    this.#unanswered.add(sequence);
    return { clusterId: this.clusterId, sessionId: this.sessionId, sequence, ackedBelow: this.#oldest() };
  }

  /** The answer is in, or no call waits for it any more: the masters may forget it. */
  end(sequence: number): void {
    this.#unanswered.delete(sequence);
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const wake of waiting) wake();
  }

  /** The lowest unanswered number, or the next one. */
  #oldest(): number {
    const first = this.#unanswered.values().next();
    return first.done === true ? this.#next : first.value;
  }
}
