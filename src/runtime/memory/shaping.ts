/** What delays and slow lines do to one message: kept apart, so that lifting one of them leaves what the others do. */

/** A slow or shared line between two machines, one way. */
export interface ShapedDirection {
  readonly from: string;
  readonly to: string;
  /** When the line is through with what was sent over it so far. */
  freeAtUs: number;
}

export class Shaping {
  readonly #sentAtUs: number;
  readonly #latencyUs: number;
  readonly #delaysUs = new Map<ShapedDirection, number>();
  /** When each line is through with the message: the slowest decides. */
  readonly #throughAtUs = new Map<ShapedDirection, number>();

  /** @param latencyUs what it takes without faults */
  constructor(sentAtUs: number, latencyUs: number) {
    this.#sentAtUs = sentAtUs;
    this.#latencyUs = latencyUs;
  }

  /** Adds a delay. */
  delay(cause: ShapedDirection, delayUs: number): void {
    this.#delaysUs.set(cause, delayUs);
  }

  /** Queues the message on a line, which it occupies for some time. */
  queue(line: ShapedDirection, occupiedUs: number): void {
    line.freeAtUs = Math.max(this.#sentAtUs, line.freeAtUs) + occupiedUs;
    this.#throughAtUs.set(line, line.freeAtUs);
  }

  /** When the message arrives, by all that is in force; may be past once something was lifted. */
  get arrivesAtUs(): number {
    const leavesAtUs = Math.max(this.#sentAtUs, ...this.#throughAtUs.values());
    return [...this.#delaysUs.values()].reduce((sum, delayUs) => sum + delayUs, leavesAtUs + this.#latencyUs);
  }

  /** Forgets what a lifted fault did; false when it did nothing. */
  drop(cause: ShapedDirection): boolean {
    const [hadDelay, hadLine] = [this.#delaysUs.delete(cause), this.#throughAtUs.delete(cause)];
    return hadDelay || hadLine;
  }
}
