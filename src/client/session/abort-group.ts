/** Aborts many operations together. Each has its own signal, because a shared signal would hold a listener for every operation. */

export interface AbortScope {
  /** Fires when the group or the operation's own signal is aborted. */
  readonly signal: AbortSignal;
  /** Aborts `signal`. */
  readonly abort: () => void;
  /** To be called at the end of the operation. */
  readonly release: () => void;
}

export class AbortGroup {
  readonly #members = new Set<AbortController>();
  #aborted = false;

  get aborted(): boolean {
    return this.#aborted;
  }

  /** @param own the operation's own signal, if it has one */
  open(own?: AbortSignal): AbortScope {
    const controller = new AbortController();
    const abort = (): void => controller.abort();
    if (this.#aborted || own?.aborted === true) abort();
    this.#members.add(controller);
    own?.addEventListener('abort', abort);
    return {
      signal: controller.signal,
      abort,
      release: () => {
        this.#members.delete(controller);
        own?.removeEventListener('abort', abort);
      },
    };
  }

  /** Aborts all operations, and every operation that is opened later. */
  abort(): void {
    this.#aborted = true;
    for (const controller of this.#members) controller.abort();
  }
}
