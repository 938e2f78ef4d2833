/**
 * Suspends a thread from outside. Both sides share memory, because a suspended thread reads no messages. The host sets the wanted
 * state; the thread blocks itself, and shows by a counter that it runs.
 */

/** Indexes in the shared memory, each of 32 bits. */
const PAUSED = 0;
const PERCENT = 1;
const PROGRESS = 2;
/** 1 while the thread blocks because of a pause, to distinguish a paused thread from a busy machine. */
const WAITING = 3;
/** 1 when the thread has to end at once. */
const KILLED = 4;
/** Number of shortened periods. */
const HELD = 5;
const PLACES = 6;

/** Interval at which a thread shows that it runs. */
const PROGRESS_INTERVAL_MS = 100;
/** A waiting thread without progress for this time is considered suspended. */
const STILL_AFTER_MS = 250;
/** Period of throttling, like that of the kernel's CPU quota. */
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

  /** The thread blocks at the next turn of its event loop. */
  pause(): void {
    Atomics.store(this.#memory, PAUSED, 1);
  }

  /** The thread ends at the next turn of its event loop, or at once when it is suspended. */
  kill(): void {
    Atomics.store(this.#memory, KILLED, 1);
    this.resume();
  }

  resume(): void {
    Atomics.store(this.#memory, PAUSED, 0);
    Atomics.notify(this.#memory, PAUSED);
  }

  /** @param percent of each period in which the thread does not run; 0 to 99 */
  throttle(percent: number): void {
    Atomics.store(this.#memory, PERCENT, percent);
  }

  /** Number of periods in which the thread was throttled. */
  get heldPeriods(): number {
    return Atomics.load(this.#memory, HELD);
  }

  /** Call it at intervals. @returns whether the thread appears to be suspended */
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

  /** Shows from now on that the thread runs. @param end ends the thread at once */
  constructor(memory: SharedArrayBuffer, end: () => void) {
    this.#memory = new Int32Array(memory);
    this.#end = end;
    setInterval(() => this.#progress(), PROGRESS_INTERVAL_MS).unref();
  }

  /** Applies the wanted state of the host; to be called after each change. Blocks while the thread is paused. */
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
    // At most a resume wakes the thread early.
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
