/** Faults in force: imposed one by one, lifted one by one in any order, each counting how often it struck. */

/** A fault in force. */
export interface CountedFault {
  /** How often it struck: messages held or delayed, connections reset or refused, calls failed … */
  readonly hits: number;
  /** Ends it; a second time does nothing. */
  lift(): void;
}

/** One of the faults in force at a place. */
export class InjectedFault<Fault> implements CountedFault {
  readonly fault: Fault;
  /** Virtual. */
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
