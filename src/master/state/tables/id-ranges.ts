/** Ranges of ids, ascending and apart. Few: each comes of a log that lost its end. */

/** The oldest are merged beyond it, with the ids between them: bounds what a checkpoint holds. */
const RANGES_MAX = 64;

export interface IdRange {
  readonly from: number;
  /** The last one. */
  readonly to: number;
}

export class IdRanges {
  #ranges: IdRange[] = [];

  get all(): readonly IdRange[] {
    return this.#ranges;
  }

  /** How many ids are in them. */
  get count(): number {
    return this.#ranges.reduce((sum, { from, to }) => sum + to - from + 1, 0);
  }

  has(id: number): boolean {
    return this.#ranges.some(({ from, to }) => from <= id && id <= to);
  }

  /** @param from greater than every id that is in a range already; to >= from */
  add(from: number, to: number): void {
    const last = this.#ranges.at(-1);
    const isNext = last?.to === from - 1;
    this.#ranges = isNext ? [...this.#ranges.slice(0, -1), { from: last.from, to }] : [...this.#ranges, { from, to }];
    const [first, second] = this.#ranges;
    if (this.#ranges.length > RANGES_MAX && first !== undefined && second !== undefined) {
      this.#ranges = [{ from: first.from, to: second.to }, ...this.#ranges.slice(2)];
    }
  }
}
