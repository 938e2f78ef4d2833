/** The gate for all calls of a disk: open until the power is cut. */

/** A promise that never settles. */
const never = <T>(): Promise<T> => new Promise<T>(() => undefined);

export class Gate {
  #isShut = false;
  #underWay = 0;
  #onIdle: () => void = () => undefined;
  #tail: Promise<unknown> = Promise.resolve();

  get isShut(): boolean {
    return this.#isShut;
  }

  /** Carries out a call. Once the gate is shut, calls neither begin nor settle. */
  async run<T>(call: () => Promise<T>): Promise<T> {
    if (this.#isShut) return never();
    this.#underWay++;
    try {
      return await call();
    } finally {
      this.#underWay--;
      // The gate may have been shut during the call.
      if (this.isShut) {
        if (this.#underWay === 0) this.#onIdle();
        await never();
      }
    }
  }

  /** The same as `run`, with calls one after the other. */
  inTurn<T>(call: () => Promise<T>): Promise<T> {
    const turn = this.#tail.then(() => this.run(call));
    this.#tail = turn.catch(() => undefined);
    return turn;
  }

  /** Shuts the gate. Resolves when the calls under way have ended. */
  async shut(): Promise<void> {
    const idle = new Promise<void>((resolve) => (this.#onIdle = resolve));
    this.#isShut = true;
    if (this.#underWay > 0) await idle;
  }
}
