/** Lets a process run for a part of each period only, as the kernel's CPU quota would, by SIGSTOP and SIGCONT. */

const PERIOD_MS = 100;

export class DutyCycle {
  readonly #stop: () => boolean;
  readonly #go: () => void;
  #percent = 0;
  #timer: NodeJS.Timeout | undefined;
  #isHeld = false;
  #heldPeriods = 0;

  /**
   * @param stop suspends the process; false: it was already, so the period is none of its
   * @param go lets it run, unless something else keeps it suspended
   */
  constructor(stop: () => boolean, go: () => void) {
    this.#stop = stop;
    this.#go = go;
  }

  get isRunning(): boolean {
    return this.#percent > 0;
  }

  get heldPeriods(): number {
    return this.#heldPeriods;
  }

  /** @param percent of each period that it does not run, 0 to 99; 0 ends that, and lets it run */
  set(percent: number): void {
    const wasRunning = this.isRunning;
    this.#percent = percent;
    if (percent > 0) {
      if (!wasRunning) this.#hold(performance.now());
      return;
    }
    clearTimeout(this.#timer);
    if (this.#isHeld) this.#release();
  }

  /** @param begunMs when the period began: late timers do not add up */
  #hold(begunMs: number): void {
    this.#isHeld = true;
    if (this.#stop()) this.#heldPeriods++;
    const heldMs = (PERIOD_MS * this.#percent) / 100;
    this.#timer = setTimeout(() => {
      this.#release();
      // A lab that could not keep time does not make up for it: a node always gets its part of a period.
      const nextMs = Math.max(begunMs + PERIOD_MS, performance.now() + PERIOD_MS - heldMs);
      this.#timer = setTimeout(() => this.#hold(performance.now()), nextMs - performance.now()).unref();
    }, heldMs);
  }

  #release(): void {
    this.#isHeld = false;
    this.#go();
  }
}
