/**
 * The effects of delays and slow links on one message, kept separately so that lifting one fault leaves the effects of the others.
 */

/** A slow or shared link between two machines, in one direction. */
export interface ShapedDirection {
  readonly from: string;
  readonly to: string;
  /** When the link has transferred everything sent so far. */
  freeAtUs: number;
}

export class Shaping {
  readonly #sentAtUs: number;
  readonly #latencyUs: number;
  readonly #delaysUs = new Map<ShapedDirection, number>();
  /** When each link has transferred the message: the slowest link decides. */
  readonly #throughAtUs = new Map<ShapedDirection, number>();

  /** @param latencyUs latency without faults */
  constructor(sentAtUs: number, latencyUs: number) {
    this.#sentAtUs = sentAtUs;
    this.#latencyUs = latencyUs;
  }

  /** Adds a delay. */
  delay(cause: ShapedDirection, delayUs: number): void {
    this.#delaysUs.set(cause, delayUs);
  }

  /** Queues the message on a link, which the message occupies for some time. */
  queue(line: ShapedDirection, occupiedUs: number): void {
    line.freeAtUs = Math.max(this.#sentAtUs, line.freeAtUs) + occupiedUs;
    this.#throughAtUs.set(line, line.freeAtUs);
  }

  /** Arrival time of the message under the active faults; can be in the past after a lift. */
  get arrivesAtUs(): number {
    const leavesAtUs = Math.max(this.#sentAtUs, ...this.#throughAtUs.values());
    return [...this.#delaysUs.values()].reduce((sum, delayUs) => sum + delayUs, leavesAtUs + this.#latencyUs);
  }

  /** Removes the effect of a lifted fault; returns false when the fault had none. */
  drop(cause: ShapedDirection): boolean {
    const [hadDelay, hadLine] = [this.#delaysUs.delete(cause), this.#throughAtUs.delete(cause)];
    return hadDelay || hadLine;
  }
}
