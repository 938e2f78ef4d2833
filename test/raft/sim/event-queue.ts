/** Virtual time: what happens next, by time and then in the order of being planned. A binary heap. */
interface Planned {
  readonly at: number;
  readonly order: number;
  readonly run: () => void;
}

const isBefore = (a: Planned, b: Planned): boolean => a.at < b.at || (a.at === b.at && a.order < b.order);

export class EventQueue {
  readonly #heap: Planned[] = [];
  #order = 0;
  now = 0;

  after(delay: number, run: () => void): void {
    const heap = this.#heap;
    const added = { at: this.now + delay, order: this.#order++, run };
    let at = heap.push(added) - 1;
    for (let parent = (at - 1) >> 1; at > 0 && isBefore(added, heap[parent]!); parent = (at - 1) >> 1) {
      heap[at] = heap[parent]!;
      at = parent;
    }
    heap[at] = added;
  }

  /** Runs what is planned up to a time, which then is now. */
  runUntil(time: number, afterEach: () => void): void {
    while (this.#heap.length > 0 && this.#heap[0]!.at <= time) {
      const next = this.#pop();
      this.now = next.at;
      next.run();
      afterEach();
    }
    this.now = time;
  }

  #pop(): Planned {
    const heap = this.#heap;
    const first = heap[0]!;
    const moved = heap.pop()!;
    if (heap.length === 0) return first;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isBefore(heap[child + 1]!, heap[child]!)) child += 1;
      if (!isBefore(heap[child]!, moved)) break;
      heap[at] = heap[child]!;
      at = child;
    }
    heap[at] = moved;
    return first;
  }
}
