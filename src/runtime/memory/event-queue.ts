/** The simulation's agenda: events by virtual time, equal times in the order in which they were planned. */

/** Something that waits until a paused process goes on. */
export interface HeldEvent {
  readonly label: string;
  readonly run: () => void;
  readonly isCancelled: boolean;
}

/** Who an event belongs to: it does not happen once its owner is dead, and later when its owner is paused. */
export interface EventOwner {
  readonly isAlive: boolean;
  /** What concerns it has to be held for now. */
  readonly isHolding: boolean;
  /** Keeps it until the owner goes on. */
  hold(event: HeldEvent): void;
}

export interface SimEvent {
  readonly atUs: number;
  /** Grows with every event planned: orders those of one time. */
  readonly sequence: number;
  /** null: belongs to the world itself. */
  readonly owner: EventOwner | null;
  /** The machine or link it happens on, for trace and digest. */
  readonly place: string;
  readonly label: string;
  /** Of a message that arrives: when it was sent. */
  readonly sentUs?: number | undefined;
  run: () => void;
  isCancelled: boolean;
}

const isBefore = (a: SimEvent, b: SimEvent): boolean => a.atUs < b.atUs || (a.atUs === b.atUs && a.sequence < b.sequence);

/** A binary heap. Invariant: no event is before its parent, which stands at (index - 1) >> 1. */
export class EventQueue {
  readonly #heap: SimEvent[] = [];

  push(event: SimEvent): void {
    const heap = this.#heap;
    let index = heap.length;
    heap.push(event);
    while (index > 0) {
      const parentIndex = (index - 1) >> 1;
      const parent = heap[parentIndex];
      if (parent === undefined || !isBefore(event, parent)) break;
      heap[index] = parent;
      index = parentIndex;
    }
    heap[index] = event;
  }

  /** The next event that will really happen, left in place; those cancelled or of dead owners are dropped on the way. */
  peek(): SimEvent | undefined {
    for (;;) {
      const first = this.#heap[0];
      if (first === undefined || (!first.isCancelled && first.owner?.isAlive !== false)) return first;
      this.#removeFirst();
    }
  }

  pop(): SimEvent | undefined {
    const first = this.peek();
    if (first !== undefined) this.#removeFirst();
    return first;
  }

  #removeFirst(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    let index = 0;
    for (;;) {
      let childIndex = 2 * index + 1;
      let child = heap[childIndex];
      const right = heap[childIndex + 1];
      if (child === undefined) break;
      if (right !== undefined && isBefore(right, child)) {
        child = right;
        childIndex++;
      }
      if (!isBefore(child, last)) break;
      heap[index] = child;
      index = childIndex;
    }
    heap[index] = last;
  }
}
