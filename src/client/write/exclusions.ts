/** Nodes that failed a writer: new pipelines are planned without them. */

/** Maximum number of excluded nodes; beyond it, the oldest exclusion is dropped, because the cause is likely not the nodes. */
const EXCLUDED_MAX = 16;

export class Exclusions {
  readonly #nodeIds = new Set<string>();

  get nodeIds(): string[] {
    return [...this.#nodeIds];
  }

  get isEmpty(): boolean {
    return this.#nodeIds.size === 0;
  }

  add(nodeId: string): void {
    this.#nodeIds.add(nodeId);
    const [oldest] = this.#nodeIds;
    if (this.#nodeIds.size > EXCLUDED_MAX && oldest !== undefined) this.#nodeIds.delete(oldest);
  }

  clear(): void {
    this.#nodeIds.clear();
  }
}
