/** Percentiles of the last values of a series: a ring of fixed size, sorted when somebody asks. */

/** Values that are remembered. */
const VALUES_MAX = 512;

export class Percentiles {
  readonly #values = new Float64Array(VALUES_MAX);
  #count = 0;

  add(value: number): void {
    this.#values[this.#count % VALUES_MAX] = value;
    this.#count += 1;
  }

  /**
   * The value that a share of the last ones does not exceed; 0 as long as there is none.
   * @param share 0 <= share <= 1
   */
  at(share: number): number {
    const known = this.#values.slice(0, Math.min(this.#count, VALUES_MAX)).sort();
    return known[Math.min(known.length - 1, Math.floor(share * known.length))] ?? 0;
  }
}
