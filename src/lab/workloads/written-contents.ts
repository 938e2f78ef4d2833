/**
 * Fingerprints of all contents that clients tried to write under shared names: any other content that is read there is corruption.
 */

/** With few names, a content that was written this many contents ago no longer exists in any file. */
const REMEMBERED_MAX = 200_000;

export class WrittenContents {
  readonly #known = new Set<string>();

  /** Adds a content. Call it before the content is written. @param sha256 of the content, hex */
  add(sha256: string): void {
    this.#known.add(sha256);
    if (this.#known.size <= REMEMBERED_MAX) return;
    // A set iterates in order of insertion: the first entry is the oldest.
    for (const oldest of this.#known) {
      this.#known.delete(oldest);
      break;
    }
  }

  has(sha256: string): boolean {
    return this.#known.has(sha256);
  }
}
