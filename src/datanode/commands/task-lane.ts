/** Runs tasks a few at a time, in the order they came; how many may wait is bounded. */

export class TaskLane {
  readonly #atOnce: number;
  readonly #waitingMax: number;
  #waiting: (() => Promise<void>)[] = [];
  #running = 0;
  #isStopped = false;
  #onQuiet: () => void = () => undefined;

  constructor(atOnce: number, waitingMax: number) {
    this.#atOnce = atOnce;
    this.#waitingMax = waitingMax;
  }

  /** @param task never rejects. Tells whether it was taken on. */
  add(task: () => Promise<void>): boolean {
    if (this.#isStopped || this.#waiting.length >= this.#waitingMax) return false;
    this.#waiting.push(task);
    this.#next();
    return true;
  }

  /** Drops what waits; resolves when what runs has ended. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#waiting = [];
    if (this.#running === 0) return;
    await new Promise<void>((resolve) => {
      this.#onQuiet = resolve;
    });
  }

  #next(): void {
    if (this.#running >= this.#atOnce) return;
    const task = this.#waiting.shift();
    if (task === undefined) {
      if (this.#running === 0) this.#onQuiet();
      return;
    }
    this.#running++;
    void task().then(() => {
      this.#running--;
      this.#next();
    });
  }
}
