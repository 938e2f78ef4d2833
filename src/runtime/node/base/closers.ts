/** What a runtime has opened and must close when it goes. */

export class Closers {
  readonly #open = new Set<() => void | Promise<void>>();

  /** Remembers how to close something; call the returned function once it is closed. */
  add(close: () => void | Promise<void>): () => void {
    // A wrapper of its own: the same function may be added twice.
    const entry = (): void | Promise<void> => close();
    this.#open.add(entry);
    return () => this.#open.delete(entry);
  }

  /** Closes everything, side by side. Rejects with the first failure, after all were tried. */
  async closeAll(): Promise<void> {
    const entries = [...this.#open];
    this.#open.clear();
    const results = await Promise.allSettled(entries.map(async (close) => close()));
    for (const result of results) if (result.status === 'rejected') throw result.reason;
  }
}
