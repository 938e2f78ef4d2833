/**
 * States of a fixed number of cells. Each state is known by one number: equal states have equal numbers, and a change of a cell
 * makes a new state in logarithmic time. States are complete binary trees that share nodes (hash consing), so that the search can
 * keep every state that it has seen.
 */

/** Limit of values and node numbers, so that a pair of them fits the 53 bits of a number. */
const PAIR = 2 ** 26;

export class StateTable {
  /** Depth of the trees: 2 ** depth cells. */
  readonly #depth: number;
  /** By level: the number of a pair of nodes of the level below. */
  readonly #numbers: Map<number, number>[] = [];
  /** By level, then by number: the pair of nodes. */
  readonly #pairs: number[][] = [];
  /** The state in which every cell is 0. */
  readonly empty: number;

  /** @param cells number of cells, >= 1 */
  constructor(cells: number) {
    this.#depth = Math.ceil(Math.log2(Math.max(1, cells)));
    let node = 0;
    for (let level = 0; level < this.#depth; level += 1) {
      this.#numbers.push(new Map());
      this.#pairs.push([]);
      node = this.#pair(level, node, node);
    }
    this.empty = node;
  }

  get(state: number, cell: number): number {
    let node = state;
    for (let level = this.#depth - 1; level >= 0; level -= 1) {
      const pair = this.#pairs[level]?.[node] ?? 0;
      node = (cell >> level) & 1 ? pair % PAIR : Math.floor(pair / PAIR);
    }
    return node;
  }

  /** The state that differs from another one in one cell. */
  set(state: number, cell: number, value: number): number {
    return this.#set(this.#depth - 1, state, cell, value);
  }

  #set(level: number, node: number, cell: number, value: number): number {
    if (level < 0) return value;
    const pair = this.#pairs[level]?.[node] ?? 0;
    const left = Math.floor(pair / PAIR);
    const right = pair % PAIR;
    return (cell >> level) & 1
      ? this.#pair(level, left, this.#set(level - 1, right, cell, value))
      : this.#pair(level, this.#set(level - 1, left, cell, value), right);
  }

  #pair(level: number, left: number, right: number): number {
    const key = left * PAIR + right;
    const numbers = this.#numbers[level];
    const pairs = this.#pairs[level];
    const known = numbers?.get(key);
    if (known !== undefined || numbers === undefined || pairs === undefined) return known ?? 0;
    pairs.push(key);
    numbers.set(key, pairs.length - 1);
    return pairs.length - 1;
  }
}
