/** The names of a directory in byte order of their UTF-8, in blocks, so that neither a change nor a page costs the whole directory. */
import assert from 'node:assert/strict';

const BLOCK_NAMES_MAX = 512;

/** Orders as the UTF-8 bytes would: JavaScript compares UTF-16 units, in which surrogates come before U+E000. */
export function compareByteOrder(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i += 1) {
    const left = a.charCodeAt(i);
    const right = b.charCodeAt(i);
    if (left !== right) return rank(left) - rank(right);
  }
  return a.length - b.length;
}

/** Lifts surrogates, which stand for U+10000 and above, over the rest. */
function rank(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}

export class SortedNames {
  /** Invariant: no block is empty; each is sorted, and blocks are in order. */
  readonly #blocks: string[][] = [];

  /** @param name not in the list yet */
  add(name: string): void {
    const at = Math.max(0, this.#blockOf(name));
    const block = this.#blocks[at];
    if (block === undefined) {
      this.#blocks.push([name]);
      return;
    }
    block.splice(lowerBound(block, name), 0, name);
    if (block.length > BLOCK_NAMES_MAX) this.#blocks.splice(at + 1, 0, block.splice(block.length >>> 1));
  }

  /** @param name in the list */
  remove(name: string): void {
    const at = this.#blockOf(name);
    const block = this.#blocks[at];
    const index = block === undefined ? -1 : lowerBound(block, name);
    assert(block?.[index] === name, `directory lists ${name}`);
    block.splice(index, 1);
    if (block.length === 0) this.#blocks.splice(at, 1);
  }

  /** The greatest name, or undefined when there is none. */
  last(): string | undefined {
    return this.#blocks.at(-1)?.at(-1);
  }

  /** The names greater than `after` ('': all), in order. Must not be changed meanwhile. */
  *after(after: string): Generator<string> {
    for (let at = Math.max(0, this.#blockOf(after)); at < this.#blocks.length; at += 1) {
      const block = this.#blocks[at] ?? [];
      for (let i = lowerBound(block, after); i < block.length; i += 1) {
        const name = block[i];
        if (name !== undefined && name !== after) yield name;
      }
    }
  }

  /** The last block whose first name is not greater than `name`; -1 when there is none. */
  #blockOf(name: string): number {
    let low = 0;
    let high = this.#blocks.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const first = this.#blocks[middle]?.[0] ?? '';
      if (compareByteOrder(first, name) <= 0) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }
}

/** The index of the first name that is not less. */
function lowerBound(names: readonly string[], name: string): number {
  let low = 0;
  let high = names.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compareByteOrder(names[middle] ?? '', name) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
