/**
 * Reads that wait until the leader has heard that it still leads (ReadIndex, thesis §6.4): one round of heartbeats confirms all that
 * came before it was sent.
 */
import type { ConfirmedRead } from './types.js';

interface WaitingRead extends ConfirmedRead {
  /** The round that confirms it, or a later one. */
  readonly round: number;
}

export class ReadQueue {
  #waiting: WaitingRead[] = [];
  /** Came before an entry of the leader's own term was committed: until then its commit index may be behind (thesis §6.4, step 1). */
  #early: number[] = [];
  /** The last round that was asked. */
  round = 0;

  get size(): number {
    return this.#waiting.length + this.#early.length;
  }

  /** True when a read waits for a round that was not asked yet. */
  get needsRound(): boolean {
    return (this.#waiting.at(-1)?.round ?? 0) > this.round;
  }

  /** @param commit the leader's commit index; null as long as nothing of its own term is committed */
  add(context: number, commit: number | null): void {
    if (commit === null) this.#early.push(context);
    else this.#waiting.push({ context, index: commit, round: this.round + 1 });
  }

  /** An entry of the own term is committed. */
  ownTermCommitted(commit: number): void {
    for (const context of this.#early) this.add(context, commit);
    this.#early = [];
  }

  /** A majority has answered `round`. @returns the reads that this confirms */
  confirm(round: number): ConfirmedRead[] {
    const confirmed = this.#waiting.filter((read) => read.round <= round);
    if (confirmed.length > 0) this.#waiting = this.#waiting.filter((read) => read.round > round);
    return confirmed.map(({ context, index }) => ({ context, index }));
  }

  /** Leadership is lost. @returns the contexts of all reads */
  lose(): number[] {
    const contexts = [...this.#waiting.map(({ context }) => context), ...this.#early];
    this.#waiting = [];
    this.#early = [];
    return contexts;
  }
}
