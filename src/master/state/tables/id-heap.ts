/** Numbers of which the least is wanted next: a binary heap (Williams, 1964). */
export class IdHeap {
  /** Invariant: none is less than its parent, which stands at (i - 1) / 2. */
  readonly #ids: number[] = [];

  /** The least, or undefined when there is none. */
  get least(): number | undefined {
    return this.#ids[0];
  }

  add(id: number): void {
    const ids = this.#ids;
    let at = ids.length;
    ids.push(id);
    while (at > 0) {
      const above = (at - 1) >>> 1;
      const parent = ids[above] ?? 0;
      if (parent <= id) break;
      ids[at] = parent;
      at = above;
    }
    ids[at] = id;
  }

  /** Takes the least away. */
  removeLeast(): void {
    const ids = this.#ids;
    const id = ids.pop();
    if (id === undefined || ids.length === 0) return;
    let at = 0;
    for (;;) {
      let below = 2 * at + 1;
      if (below >= ids.length) break;
      if ((ids[below + 1] ?? Infinity) < (ids[below] ?? 0)) below += 1;
      const child = ids[below] ?? 0;
      if (child >= id) break;
      ids[at] = child;
      at = below;
    }
    ids[at] = id;
  }
}
