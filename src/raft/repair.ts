/**
 * How a member whose log has lost durable entries becomes whole again.
 *
 * It may have acknowledged what it lost, and its leader may count on that. So it must not vote until it holds whatever it can have
 * acknowledged: all that the leader of its term has in its log at a time after the damage. Entries that it acknowledged in earlier
 * terms matter only where they were committed, and then that leader has them (leader completeness, thesis §3.6.3). A probe, drawn
 * at each start, makes sure that the leader's answer is not from before.
 */
import type { Recovery } from './types.js';

/** Probes are whole numbers below this. */
const PROBES = 2 ** 48;

export class Repair {
  readonly #probe: number;
  /** What must be held, as the leader of a term has said. */
  #target: { readonly term: number; readonly index: number } | null = null;
  /** Up to here the log agrees with that of the leader of a term. */
  #matched = { term: 0, index: 0 };

  constructor(random: () => number) {
    this.#probe = Math.floor(random() * PROBES);
  }

  /**
   * The leader of a term speaks. It is asked at each ordinary heartbeat, so that it goes on knowing that it must compare the logs
   * anew; what it answers first in a term is enough.
   * @returns what to ask it, or null after an answer
   */
  heard(recovery: Recovery | null, term: number): number | null {
    if (recovery === null) return this.#probe;
    if (recovery.probe === this.#probe && this.#target?.term !== term) this.#target = { term, index: recovery.lastIndex };
    return null;
  }

  /** An append or a snapshot of the leader of a term was taken. */
  matched(term: number, index: number): void {
    this.#matched = { term, index: term === this.#matched.term ? Math.max(index, this.#matched.index) : index };
  }

  /** Up to here the log is known, since the damage, to agree with that of the leader of a term. */
  agreedIn(term: number): number {
    return this.#matched.term === term ? this.#matched.index : 0;
  }

  /** @param stable up to here the log is durable */
  isDone(term: number, stable: number): boolean {
    if (this.#target?.term !== term || this.#matched.term !== term) return false;
    return Math.min(this.#matched.index, stable) >= this.#target.index;
  }
}
