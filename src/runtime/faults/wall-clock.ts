/** A machine's wall clock, simulated or real: right, until faults move it or change its rate. */
import { InjectedFault, type CountedFault } from './injected-fault.js';

export type ClockFault =
  /** Adds to whatever the clock is ahead. */
  | { readonly kind: 'jump'; readonly offsetMs: number }
  /** Sets how far the clock is ahead, whatever it was. */
  | { readonly kind: 'skew'; readonly offsetMs: number }
  /** The clock gains this many microseconds a second from then on. */
  | { readonly kind: 'drift'; readonly ppm: number };

/** Time that passes, in microseconds; faults do not touch it. */
export interface PassingTime {
  readonly nowUs: number;
}

export class WallClock {
  readonly #time: PassingTime;
  /** Hears what is imposed and lifted. */
  readonly #note: (what: string) => void;
  /** In the order in which they were imposed. */
  #faults: InjectedFault<ClockFault>[] = [];

  constructor(time: PassingTime, note: (what: string) => void) {
    this.#time = time;
    this.#note = note;
  }

  /**
   * Puts a fault in force; lifted, the clock shows what it would have shown without.
   * @param ageMs how long it is in force already: a drift has gained as much
   */
  inject(fault: ClockFault, ageMs = 0): CountedFault {
    const what = fault.kind === 'drift' ? `drift ${fault.ppm} ppm` : `${fault.kind} ${fault.offsetMs} ms`;
    const inForce = new InjectedFault(fault, this.#time.nowUs - ageMs * 1_000, () => {
      this.#faults = this.#faults.filter((other) => other !== inForce);
      this.#note(`lift clock ${what}`);
    });
    this.#faults.push(inForce);
    this.#note(`impose clock ${what}`);
    return inForce;
  }

  /**
   * How far the clock is ahead now, in milliseconds. A reading that faults make wrong counts as a hit of each.
   * @param skewMs how far it is ahead without faults
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
      // What a clock had gained is gone once it was set.
      if (fault.kind === 'drift') aheadMs += ((nowUs - Math.max(sinceUs, setAtUs)) / 1_000) * (fault.ppm / 1_000_000);
    }
    if (aheadMs !== skewMs) for (const inForce of this.#faults) inForce.hits++;
    return aheadMs;
  }
}
