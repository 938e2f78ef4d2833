/** A client session, and the answers that are remembered for it. */
import type { Answer } from './answer.js';
import type { Digestible } from './digest.js';
import type { UsePlace } from './use-order.js';

/** An answer as part of the digest. */
export class Remembered implements Digestible {
  digestPart = 0;
  readonly #sessionId: number;
  readonly sequence: number;
  readonly answer: Answer;

  constructor(sessionId: number, sequence: number, answer: Answer) {
    this.#sessionId = sessionId;
    this.sequence = sequence;
    this.answer = answer;
  }

  digestText(): string {
    return `a ${this.#sessionId} ${this.sequence} ${JSON.stringify(this.answer)}`;
  }
}

export class Session implements Digestible {
  readonly id: number;
  readonly clientName: string;
  /** Log time. */
  lastUsedMs: number;
  /** The client holds all answers below this. Every remembered sequence is >= it. */
  ackedBelow = 1;
  /** By sequence. At most SESSION_MUTATIONS_MAX. */
  readonly answers = new Map<number, Remembered>();
  /** Ids of its unfinished files. */
  readonly pendingFiles = new Set<number>();
  readonly place: UsePlace<Session> = { older: null, newer: null };
  digestPart = 0;

  constructor(id: number, clientName: string, nowMs: number) {
    this.id = id;
    this.clientName = clientName;
    this.lastUsedMs = nowMs;
  }

  digestText(): string {
    return `s ${this.id} ${this.lastUsedMs} ${this.ackedBelow} ${this.clientName}`;
  }
}
