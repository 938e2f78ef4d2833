/** Runs tasks of the same key one after the other. Imports nothing. */

export class KeyedLock<Key> {
  /** The end of the last task of each key that has one; never rejects. */
  readonly #tails = new Map<Key, Promise<void>>();

  /** Runs `task` when every earlier task of this key has ended, and settles as it does. */
  async run<T>(key: Key, task: () => Promise<T>): Promise<T> {
    const before = this.#tails.get(key);
    let release: () => void = () => undefined;
    const tail = new Promise<void>((resolve) => {
      release = resolve;
    });
    this.#tails.set(key, tail);
    try {
      await before;
      return await task();
    } finally {
      if (this.#tails.get(key) === tail) this.#tails.delete(key);
      release();
    }
  }
}
