/** Runs a process only for a part of each period, like the kernel's CPU quota, by SIGSTOP and SIGCONT. */

const PERIOD_MS = 100;

export class DutyCycle {
  readonly #stop: () => boolean;
  readonly #go: () => void;
  #percent = 0;
  #timer: NodeJS.Timeout | undefined;
  #isHeld = false;
  #heldPeriods = 0;

  /**
   * @param stop suspends the process; false: the process was suspended already, so that the period does not count
   * @param go resumes the process, unless something else keeps it suspended
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

  /** @param percent of each period in which the process does not run, 0 to 99; 0 ends the limit, and resumes the process */
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

  /** @param begunMs start of the period: delays of timers do not accumulate */
  #hold(begunMs: number): void {
    this.#isHeld = true;
    if (this.#stop()) this.#heldPeriods++;
    const heldMs = (PERIOD_MS * this.#percent) / 100;
    this.#timer = setTimeout(() => {
      this.#release();
      // A late lab does not catch up: a node always gets its share of a period.
      const nextMs = Math.max(begunMs + PERIOD_MS, performance.now() + PERIOD_MS - heldMs);
      this.#timer = setTimeout(() => this.#hold(performance.now()), nextMs - performance.now()).unref();
    }, heldMs);
  }

  #release(): void {
    this.#isHeld = false;
    this.#go();
  }
}
