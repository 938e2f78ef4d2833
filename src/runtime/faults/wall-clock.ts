/** A machine's wall clock, simulated or real: correct until faults shift the clock or change its rate. */
import { InjectedFault, type CountedFault } from './injected-fault.js';

export type ClockFault =
  /** Adds to the clock's lead. */
  | { readonly kind: 'jump'; readonly offsetMs: number }
  /** Sets the clock's lead, independent of its previous value. */
  | { readonly kind: 'skew'; readonly offsetMs: number }
  /** The clock gains this many microseconds a second from then on. */
  | { readonly kind: 'drift'; readonly ppm: number };

/** Monotonic time in microseconds, not affected by faults. */
export interface PassingTime {
  readonly nowUs: number;
}

export class WallClock {
  readonly #time: PassingTime;
  /** Receives a note of every injected and lifted fault. */
  readonly #note: (what: string) => void;
  /** In the order of injection. */
  #faults: InjectedFault<ClockFault>[] = [];

  constructor(time: PassingTime, note: (what: string) => void) {
    this.#time = time;
    this.#note = note;
  }

  /**
   * Injects a fault. After the lift the clock shows the same time as without the fault.
   * @param ageMs how long the fault has been active already, which determines the gain of a drift
   */
  inject(fault: ClockFault, ageMs = 0): CountedFault {
    const what = fault.kind === 'drift' ? `drift ${fault.ppm} ppm` : `${fault.kind} ${fault.offsetMs} ms`;
    const inForce = new InjectedFault(fault, this.#time.nowUs - ageMs * 1_000, () => {
      this.#faults = this.#faults.filter((other) => other !== inForce);
      this.#note(`lift clock ${what}`);
    });
    this.#faults.push(inForce);
    this.#note(`inject clock ${what}`);
    return inForce;
  }

  /**
   * The clock's current lead, in milliseconds. A reading that faults make wrong counts as a hit of each.
   * @param skewMs the clock's lead without faults
   */
  readAheadMs(skewMs: number): number {
    if (this.#faults.length === 0) return skewMs;
    const { nowUs } = this.#time;
    let aheadMs = skewMs;
    let setAtUs = -Infinity;
    for (const { fault, sinceUs } of this.#faults) {
      if (fault.kind === 'jump') aheadMs += fault.offsetMs;
      if (fault.kind !== 'skew') continue;
      aheadMs = fault.offsetMs;
      setAtUs = sinceUs;
    }
    for (const { fault, sinceUs } of this.#faults) {
      // Setting a clock discards its earlier gain.
      if (fault.kind === 'drift') aheadMs += ((nowUs - Math.max(sinceUs, setAtUs)) / 1_000) * (fault.ppm / 1_000_000);
    }
    if (aheadMs !== skewMs) for (const inForce of this.#faults) inForce.hits++;
    return aheadMs;
  }
}
