/** Notices that something waited for makes no progress. */
import type { Clock, Timer } from '../shared/runtime.js';

export class StallTimer {
  readonly #clock: Pick<Clock, 'nowMs' | 'setTimer'>;
  readonly #onStall: (limitMs: number) => void;
  /** null: nothing is waited for. */
  #timer: Timer | null = null;
  /** When the wait began, or the last progress was made. */
  #sinceMs = 0;
  #limitMs = 0;

  /** @param onStall called once for each wait that lasted for the limit without progress; the wait is then over */
  constructor(clock: Pick<Clock, 'nowMs' | 'setTimer'>, onStall: (limitMs: number) => void) {
    this.#clock = clock;
    this.#onStall = onStall;
  }

  /** Waits from now on; has no effect during a wait, but for a higher limit. @param limitMs without progress */
  begin(limitMs: number): void {
    if (this.#timer === null) {
      this.#sinceMs = this.#clock.nowMs();
      this.#limitMs = limitMs;
      this.#arm(limitMs);
    } else this.#limitMs = Math.max(this.#limitMs, limitMs);
  }

  /** The limit counts from now on again. */
  progressed(): void {
    this.#sinceMs = this.#clock.nowMs();
  }

  /** Nothing is waited for any more. */
  end(): void {
    this.#timer?.cancel();
    this.#timer = null;
  }

  #arm(delayMs: number): void {
    this.#timer = this.#clock.setTimer(delayMs, () => {
      // One timer for many steps of progress.
      const leftMs = this.#sinceMs + this.#limitMs - this.#clock.nowMs();
      if (leftMs > 0) {
        this.#arm(leftMs);
        return;
      }
      this.#timer = null;
      this.#onStall(this.#limitMs);
    });
  }
}
