/** The open resources of a runtime, which it must close at its end. */

export class Closers {
  readonly #open = new Set<() => void | Promise<void>>();

  /** Registers a function that closes a resource; call the returned function once the resource is closed. */
  add(close: () => void | Promise<void>): () => void {
    // A separate wrapper, because the same function may be added twice.
    const entry = (): void | Promise<void> => close();
    this.#open.add(entry);
    return () => this.#open.delete(entry);
  }

  /** Closes all resources in parallel. Rejects with the first failure, after all attempts have ended. */
  async closeAll(): Promise<void> {
    const entries = [...this.#open];
    this.#open.clear();
    const results = await Promise.allSettled(entries.map(async (close) => close()));
    for (const result of results) if (result.status === 'rejected') throw result.reason;
  }
}
