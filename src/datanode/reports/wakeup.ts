/** Waiting for work, or a while, or the end. */
import type { Clock } from '../../shared/runtime.js';

export class Wakeup {
  readonly #clock: Clock;
  #isDue = false;
  #wake: () => void = () => undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Ends the wait under way, or the next one at once. */
  notify(): void {
    this.#isDue = true;
    this.#wake();
  }

  /** Resolves when notified, after `timeoutMs`, or when `signal` fires. One wait at a time. */
  async wait(timeoutMs: number, signal: AbortSignal): Promise<void> {
    if (!this.#isDue && !signal.aborted) {
      await new Promise<void>((resolve) => {
        const timer = this.#clock.setTimer(timeoutMs, () => this.#wake());
        const wake = (): void => this.#wake();
        signal.addEventListener('abort', wake);
        this.#wake = () => {
          timer.cancel();
          signal.removeEventListener('abort', wake);
          this.#wake = () => undefined;
          resolve();
        };
      });
    }
    this.#isDue = false;
  }
}

/** Resolves after `delayMs`, or when `signal` fires. */
export async function pause(clock: Clock, delayMs: number, signal: AbortSignal): Promise<void> {
  await new Wakeup(clock).wait(delayMs, signal);
}
