/** Many fsyncs of one directory as few: calls made while one runs share the next. */

export class DirectorySync {
  readonly #sync: () => Promise<void>;
  #running: Promise<void> | null = null;
  #next: Promise<void> | null = null;

  /** @param sync fsyncs the directory */
  constructor(sync: () => Promise<void>) {
    this.#sync = sync;
  }

  /** Resolves when everything done to the directory before the call is durable. After a failure every call rejects. */
  run(): Promise<void> {
    if (this.#running === null) {
      this.#running = this.#sync();
      // On failure `#running` stays, rejected: a failed fsync is never tried again.
      void this.#running.then(
        () => this.#advance(),
        () => undefined,
      );
      return this.#running;
    }
    this.#next ??= this.#running.then(() => this.#sync());
    return this.#next;
  }

  #advance(): void {
    this.#running = this.#next;
    this.#next = null;
    void this.#running?.then(
      () => this.#advance(),
      () => undefined,
    );
  }
}
