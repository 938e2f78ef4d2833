/** Active faults: injected and lifted one by one, in any order; each counts its effects. */

/** An active fault. */
export interface CountedFault {
  /** Number of effects: messages held or delayed, connections reset or refused, calls failed … */
  readonly hits: number;
  /** Ends the fault; a second call has no effect. */
  lift(): void;
}

/** One of the active faults at a place. */
export class InjectedFault<Fault> implements CountedFault {
  readonly fault: Fault;
  /** Virtual time. */
  readonly sinceUs: number;
  hits = 0;
  readonly #onLift: () => void;
  #isLifted = false;

  constructor(fault: Fault, sinceUs: number, onLift: () => void) {
    this.fault = fault;
    this.sinceUs = sinceUs;
    this.#onLift = onLift;
  }

  lift(): void {
    if (this.#isLifted) return;
    this.#isLifted = true;
    this.#onLift();
  }
}
