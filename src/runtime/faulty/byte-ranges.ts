/** Sets of bytes of a file, as ranges. */

/** `from` <= byte < `to` */
export interface ByteRange {
  readonly from: number;
  readonly to: number;
}

export class ByteRanges {
  /** Sorted and disjoint. */
  #ranges: ByteRange[] = [];

  add(added: ByteRange): void {
    if (added.from >= added.to) return;
    const apart = this.#ranges.filter(({ from, to }) => to < added.from || from > added.to);
    const touching = this.#ranges.filter(({ from, to }) => to >= added.from && from <= added.to);
    const union = {
      from: Math.min(added.from, ...touching.map(({ from }) => from)),
      to: Math.max(added.to, ...touching.map(({ to }) => to)),
    };
    this.#ranges = [...apart, union].sort((one, other) => one.from - other.from);
  }

  /** The parts of a range that are not in the set. */
  outside({ from, to }: ByteRange): ByteRange[] {
    const parts: ByteRange[] = [];
    let at = from;
    for (const range of this.#ranges) {
      if (range.to <= at) continue;
      if (range.from >= to) break;
      if (range.from > at) parts.push({ from: at, to: range.from });
      at = range.to;
    }
    if (at < to) parts.push({ from: at, to });
    return parts;
  }
}
