/** Finds the item with the greatest value among those with a limited bound, in logarithmic time. */

export class ExtremeIndex<T> {
  /** Ascending. */
  readonly #bounds: number[] = [];
  /** At each index: the best of all items up to that index. */
  readonly #best: T[] = [];
  readonly #valueOf: (item: T) => number;

  /**
   * @param boundOf key with the limit; items whose bound is Infinity are ignored
   * @param valueOf key to be maximized; the first of several equal items wins
   */
  constructor(items: readonly T[], boundOf: (item: T) => number, valueOf: (item: T) => number) {
    this.#valueOf = valueOf;
    const sorted = items
      .filter((item) => boundOf(item) !== Infinity)
      .map((item) => ({ item, bound: boundOf(item) }))
      .sort((a, b) => a.bound - b.bound);
    for (const { item, bound } of sorted) {
      const before = this.#best.at(-1);
      this.#bounds.push(bound);
      this.#best.push(before !== undefined && valueOf(before) >= valueOf(item) ? before : item);
    }
  }

  /** The item with the greatest value among those whose bound is below `limit`. */
  bestBelow(limit: number): T | undefined {
    return this.#best[this.#count((bound) => bound < limit) - 1];
  }

  /** The greatest value among those whose bound is at most `limit`; -Infinity when there is none. */
  greatestUpTo(limit: number): number {
    const best = this.#best[this.#count((bound) => bound <= limit) - 1];
    return best === undefined ? -Infinity : this.#valueOf(best);
  }

  /** Number of leading bounds that fit. */
  #count(fits: (bound: number) => boolean): number {
    let low = 0;
    let high = this.#bounds.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (fits(this.#bounds[middle] ?? Infinity)) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
