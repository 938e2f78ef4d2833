/** The arrival time of a delayed message, by fault: when one fault is lifted, the delays of the others remain. */
import type { DirectedFault } from './active-link-faults.js';

export class Lateness {
  readonly #delays: readonly { readonly fault: DirectedFault; readonly delayMs: number }[];

  /** Draws the delay of one message for each delay among `faults`, and counts it. */
  constructor(faults: readonly DirectedFault[]) {
    this.#delays = faults
      .filter(({ effect }) => effect.kind === 'delay')
      .map((fault) => {
        fault.countEffect();
        return { fault, delayMs: fault.drawDelayMs() };
      });
  }

  /** The remaining delay under the faults that are active by now. */
  totalMs(inForce: readonly DirectedFault[]): number {
    let totalMs = 0;
    for (const { fault, delayMs } of this.#delays) if (inForce.includes(fault)) totalMs += delayMs;
    return totalMs;
  }
}
