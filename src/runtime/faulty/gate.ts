/** Through which all calls of a disk go: open, until the power is cut. */

/** What nobody hears of any more. */
const never = <T>(): Promise<T> => new Promise<T>(() => undefined);

export class Gate {
  #isShut = false;
  #underWay = 0;
  #onIdle: () => void = () => undefined;
  #tail: Promise<unknown> = Promise.resolve();

  get isShut(): boolean {
    return this.#isShut;
  }

  /** Carries a call out. Once the gate is shut, it does not begin, and does not settle. */
  async run<T>(call: () => Promise<T>): Promise<T> {
    if (this.#isShut) return never();
    this.#underWay++;
    try {
      return await call();
    } finally {
      this.#underWay--;
      // It may have been shut meanwhile.
      if (this.isShut) {
        if (this.#underWay === 0) this.#onIdle();
        await never();
      }
    }
  }

  /** As `run`; such calls follow one another. */
  inTurn<T>(call: () => Promise<T>): Promise<T> {
    const turn = this.#tail.then(() => this.run(call));
    this.#tail = turn.catch(() => undefined);
    return turn;
  }

  /** Resolves when what was under way is through. */
  async shut(): Promise<void> {
    const idle = new Promise<void>((resolve) => (this.#onIdle = resolve));
    this.#isShut = true;
    if (this.#underWay > 0) await idle;
  }
}
