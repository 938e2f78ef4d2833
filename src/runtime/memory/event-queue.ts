/** The simulation's queue of events, by virtual time; events of equal times in the order of planning. */

/** An event that waits until a paused process continues. */
export interface HeldEvent {
  readonly label: string;
  readonly run: () => void;
  readonly isCancelled: boolean;
}

/** The owner of an event: the event is dropped when its owner is dead, and delayed while its owner is paused. */
export interface EventOwner {
  readonly isAlive: boolean;
  /** Whether events of this owner must be held now. */
  readonly isHolding: boolean;
  /** Holds an event until the owner continues. */
  hold(event: HeldEvent): void;
}

export interface SimEvent {
  readonly atUs: number;
  /** Increases with every planned event: orders the events of one time. */
  readonly sequence: number;
  /** null: an event of the simulation itself. */
  readonly owner: EventOwner | null;
  /** The machine or link of the event, for trace and digest. */
  readonly place: string;
  readonly label: string;
  /** For the arrival of a message: when the message was sent. */
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

  /** The next valid event, which remains in the queue; cancelled events and events of dead owners are removed. */
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
