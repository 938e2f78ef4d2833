/**
 * Descriptors that a node holds in reserve, so that it can open the few files that must be written also while connections use up the rest.
 *
 *   filled ──open fails with EMFILE or ENFILE──▶ one is given up, and the open repeated ──a file is closed──▶ filled again
 */
import { closeSync, openSync } from 'node:fs';
import { devNull } from 'node:os';
import { isShortOfDescriptors } from './base/disk-error.js';

/** Held by each node: more than the files that it opens at the same time to make something durable. */
const HELD = 4;

export class DescriptorReserve {
  readonly #held: number[] = [];
  #isWanted = false;

  /** Begins to hold descriptors, as far as there are any. */
  fill(): void {
    this.#isWanted = true;
    this.refill();
  }

  /** Takes back what was given up: a descriptor may be free now. */
  refill(): void {
    if (!this.#isWanted || this.#held.length >= HELD) return;
    try {
      while (this.#held.length < HELD) this.#held.push(openSync(devNull, 'r'));
    } catch {
      // The next file that is closed makes room.
    }
  }

  /** Holds none any more. */
  empty(): void {
    this.#isWanted = false;
    for (const descriptor of this.#held.splice(0)) closeSync(descriptor);
  }

  /** Opens something, with descriptors of the reserve when no others are left. Rejects as `open` does. */
  async using<T>(open: () => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await open();
      } catch (error) {
        const given = isShortOfDescriptors(error) ? this.#held.pop() : undefined;
        if (given === undefined) throw error;
        closeSync(given);
      }
    }
  }
}
