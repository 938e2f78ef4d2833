/** Remembers who led in which term, by the masters' own word: for the event of a new leader, and for the promise of one a term. Pure. */

/** The oldest terms go when there are more. */
const TERMS_MAX = 1_000;

export class LeaderHistory {
  /** In the order in which they were seen first. */
  readonly #nodesByTerm = new Map<number, Set<string>>();
  #terms = 0;
  #highestTerm = 0;

  /** Terms with a leader that were seen after the first one. */
  get changes(): number {
    return Math.max(0, this.#terms - 1);
  }

  /** Of those that were seen; 0: none. */
  get highestTerm(): number {
    return this.#highestTerm;
  }

  /** Notes that a master says it leads. True when nobody knew. */
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
