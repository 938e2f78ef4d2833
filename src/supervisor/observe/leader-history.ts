/**
 * Remembers the leader of each term, as reported by the masters: for leader events, and for the guarantee of one per term. Pure.
 */

/** Limit of terms; the oldest terms are dropped first. */
const TERMS_MAX = 1_000;

export class LeaderHistory {
  /** In the order of their first observation. */
  readonly #nodesByTerm = new Map<number, Set<string>>();
  #terms = 0;
  #highestTerm = 0;

  /** Number of observed terms with a leader after the first one. */
  get changes(): number {
    return Math.max(0, this.#terms - 1);
  }

  /** The highest observed term; 0: none. */
  get highestTerm(): number {
    return this.#highestTerm;
  }

  /** Notes that a master reports to lead. @returns true when that is new */
  note(term: number, nodeId: string): boolean {
    const nodes = this.#nodesByTerm.get(term);
    if (nodes?.has(nodeId) === true) return false;
    if (nodes !== undefined) {
      nodes.add(nodeId);
      return true;
    }
    this.#nodesByTerm.set(term, new Set([nodeId]));
    this.#terms += 1;
    this.#highestTerm = Math.max(this.#highestTerm, term);
    const [oldest] = this.#nodesByTerm.keys();
    if (this.#nodesByTerm.size > TERMS_MAX && oldest !== undefined) this.#nodesByTerm.delete(oldest);
    return true;
  }
}
