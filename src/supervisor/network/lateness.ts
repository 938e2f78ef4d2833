/** When something that was delayed arrives: kept fault by fault, so that lifting one of them leaves what the others do. */
import type { DirectedFault } from './faults-in-force.js';

export class Lateness {
  readonly #delays: readonly { readonly fault: DirectedFault; readonly delayMs: number }[];

  /** Draws what each delay among `faults` does to one message, and counts it. */
  constructor(faults: readonly DirectedFault[]) {
    this.#delays = faults
      .filter(({ effect }) => effect.kind === 'delay')
      .map((fault) => {
        fault.strike();
        return { fault, delayMs: fault.drawDelayMs() };
      });
  }

  /** What remains of it under the faults that are in force by now. */
  totalMs(inForce: readonly DirectedFault[]): number {
    let totalMs = 0;
    for (const { fault, delayMs } of this.#delays) if (inForce.includes(fault)) totalMs += delayMs;
    return totalMs;
  }
}
