/** Fingerprints of all that clients tried to write under names that they share: anything else that is read there is corruption. */

/** With few names, what was written so many contents ago is nowhere any more. */
const REMEMBERED_MAX = 200_000;

export class WrittenContents {
  readonly #known = new Set<string>();

  /** @param sha256 before it is written */
  add(sha256: string): void {
    this.#known.add(sha256);
    if (this.#known.size <= REMEMBERED_MAX) return;
    // A set gives back what was added first.
    for (const oldest of this.#known) {
      this.#known.delete(oldest);
      break;
    }
  }

  has(sha256: string): boolean {
    return this.#known.has(sha256);
  }
}
