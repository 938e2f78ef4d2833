/** A member's clock: which ticks have come, at the rate at which it runs. */
import type { EventQueue } from './event-queue.js';

export class MemberClock {
  readonly #queue: EventQueue;
  #tickEvery: number;
  /** What the clock showed, in ticks, when its rate was set last. */
  #shown: number;
  #setAt = 0;
  #made = 0;

  /** @param shown what it shows now */
  constructor(queue: EventQueue, tickEvery: number, shown: number) {
    this.#queue = queue;
    this.#tickEvery = tickEvery;
    this.#shown = shown;
  }

  /** How long a tick takes at present. */
  get tickEvery(): number {
    return this.#tickEvery;
  }

  /** From now on the clock runs at another rate. */
  setTick(tickEvery: number): void {
    this.#shown = this.#ticks;
    this.#setAt = this.#queue.now;
    this.#tickEvery = tickEvery;
  }

  get #ticks(): number {
    return this.#shown + (this.#queue.now - this.#setAt) / this.#tickEvery;
  }

  /** The member starts: no tick is owed to it. */
  restart(): void {
    this.#made = Math.floor(this.#ticks);
  }

  /** Whole ticks that have passed and were not taken yet. */
  takeOwed(): number {
    const owed = Math.max(0, Math.floor(this.#ticks) - this.#made);
    this.#made += owed;
    return owed;
  }
}
