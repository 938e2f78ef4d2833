/** Many operations that end together: one signal for each, because a shared one would hold a listener for every operation. */

export interface AbortScope {
  /** Fires with the group, or with the operation's own signal. */
  readonly signal: AbortSignal;
  /** Fires `signal`. */
  readonly abort: () => void;
  /** The operation is over. */
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

  /** Ends all operations, and every one that is opened later. */
  abort(): void {
    this.#aborted = true;
    for (const controller of this.#members) controller.abort();
  }
}
