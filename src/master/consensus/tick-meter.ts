/** Ticks of the Raft core by the clock: after a pause, all ticks of the time that has passed are due before anything else happens. */
import type { Clock } from '../../shared/runtime.js';

export class TickMeter {
  readonly #clock: Clock;
  readonly #tickMs: number;
  readonly #fromMs: number;
  #taken = 0;

  constructor(clock: Clock, tickMs: number) {
    this.#clock = clock;
    this.#tickMs = tickMs;
    this.#fromMs = clock.nowMs();
  }

  /** The ticks that are due since the last call. */
  take(): number {
    const due = Math.floor((this.#clock.nowMs() - this.#fromMs) / this.#tickMs);
    const owed = Math.max(0, due - this.#taken);
    this.#taken += owed;
    return owed;
  }

  /** Until the next tick is due. */
  get untilNextMs(): number {
    return Math.max(0, this.#fromMs + (this.#taken + 1) * this.#tickMs - this.#clock.nowMs());
  }
}
