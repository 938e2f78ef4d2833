/** Calls that wait until something has happened in the Raft core, each for a bounded time. */
import type { Clock } from '../../shared/runtime.js';

export class CoreChanges {
  readonly #clock: Clock;
  #waiters: (() => void)[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Resolves with the next change, or after this time. */
  next(withinMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = this.#clock.setTimer(withinMs, resolve);
      this.#waiters.push(() => {
        timer.cancel();
        resolve();
      });
    });
  }

  /** Something has happened: wakes all that wait. */
  notify(): void {
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const wake of waiters) wake();
  }
}
