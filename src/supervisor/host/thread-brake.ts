/**
 * Holds a thread from outside. What the two sides share is memory, because a thread that is held reads no message. The host sets what
 * is wanted; the thread blocks itself, and shows by a counter that it runs.
 */

/** Places in the shared memory, each 32 bits. */
const PAUSED = 0;
const PERCENT = 1;
const PROGRESS = 2;
/** 1 while the thread blocks because it is paused: a machine that is only busy is not taken for that. */
const WAITING = 3;
/** 1 once the thread is to end at once. */
const KILLED = 4;
/** Periods that were cut short. */
const HELD = 5;
const PLACES = 6;

/** How often a thread shows that it runs. */
const PROGRESS_INTERVAL_MS = 100;
/** A thread that waits and has not moved for so long is held. */
const STILL_AFTER_MS = 250;
/** Of throttling, as the kernel's CPU quota has it. */
const PERIOD_MS = 100;

export const brakeMemory = (): SharedArrayBuffer => new SharedArrayBuffer(PLACES * Int32Array.BYTES_PER_ELEMENT);

/** The host's side. */
export class BrakeLever {
  readonly #memory: Int32Array;
  #seenProgress = 0;
  #stillSinceMs: number | null = null;

  constructor(memory: SharedArrayBuffer) {
    this.#memory = new Int32Array(memory);
  }

  /** The thread blocks as soon as its loop comes to it. */
  pause(): void {
    Atomics.store(this.#memory, PAUSED, 1);
  }

  /** The thread ends as soon as its loop comes to it, or at once where it is held. */
  kill(): void {
    Atomics.store(this.#memory, KILLED, 1);
    this.resume();
  }

  resume(): void {
    Atomics.store(this.#memory, PAUSED, 0);
    Atomics.notify(this.#memory, PAUSED);
  }

  /** @param percent of each period that the thread does not run; 0 to 99 */
  throttle(percent: number): void {
    Atomics.store(this.#memory, PERCENT, percent);
  }

  /** Periods that the thread was throttled in, so far. */
  get heldPeriods(): number {
    return Atomics.load(this.#memory, HELD);
  }

  /** Call it at intervals: whether the thread is held, as it looks from here. */
  look(nowMs: number): boolean {
    const progress = Atomics.load(this.#memory, PROGRESS);
    const isStill = progress === this.#seenProgress && Atomics.load(this.#memory, WAITING) === 1;
    this.#seenProgress = progress;
    if (!isStill) this.#stillSinceMs = null;
    else this.#stillSinceMs ??= nowMs;
    return this.#stillSinceMs !== null && nowMs - this.#stillSinceMs >= STILL_AFTER_MS;
  }
}

/** The thread's side. */
export class ThreadBrake {
  readonly #memory: Int32Array;
  readonly #end: () => void;
  #throttling: NodeJS.Timeout | null = null;

  /** Shows from now on that the thread runs. @param end ends it at once */
  constructor(memory: SharedArrayBuffer, end: () => void) {
    this.#memory = new Int32Array(memory);
    this.#end = end;
    setInterval(() => this.#progress(), PROGRESS_INTERVAL_MS).unref();
  }

  /** Does what the host wants; to be called when it has changed that. Blocks while the thread is paused. */
  apply(): void {
    this.#hold();
    if (this.#throttling === null && Atomics.load(this.#memory, PERCENT) > 0) this.#slice();
  }

  /** Blocks for a part of the period, and runs for at least the rest. */
  #slice(): void {
    const percent = Atomics.load(this.#memory, PERCENT);
    if (percent === 0) {
      this.#throttling = null;
      return;
    }
    const heldMs = (PERIOD_MS * percent) / 100;
    Atomics.add(this.#memory, HELD, 1);
    // Woken early by a resume at most.
    Atomics.wait(this.#memory, PAUSED, 0, heldMs);
    this.#hold();
    this.#throttling = setTimeout(() => this.#slice(), PERIOD_MS - heldMs).unref();
  }

  #hold(): void {
    while (Atomics.load(this.#memory, PAUSED) === 1) {
      Atomics.store(this.#memory, WAITING, 1);
      Atomics.wait(this.#memory, PAUSED, 1);
    }
    Atomics.store(this.#memory, WAITING, 0);
    if (Atomics.load(this.#memory, KILLED) === 1) this.#end();
    this.#progress();
  }

  #progress(): void {
    Atomics.add(this.#memory, PROGRESS, 1);
  }
}
