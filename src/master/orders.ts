/** Orders on their way to datanodes: one outbox a node, emptied by heartbeat replies and by long polls. */
import type { Order } from '../protocol/generated/distrifs/v1/Order.js';
import type { Clock } from '../shared/runtime.js';

/** Orders that may wait for one node. What does not fit is planned again later. */
const OUTBOX_MAX = 1_000;

export type OrderAction = Pick<Order, 'replicate'> | Pick<Order, 'delete'>;

interface Outbox {
  readonly orders: Order[];
  /** Ends the poll that waits, if one does. */
  wake: (() => void) | null;
}

export class Orders {
  readonly #outboxes = new Map<string, Outbox>();
  readonly #term: number;
  readonly #clock: Clock;
  #nextId = 1;
  #stopped = false;

  constructor(term: number, clock: Clock) {
    this.#term = term;
    this.#clock = clock;
  }

  /**
   * Gives a node an order, and wakes its poll.
   * @returns the order's id, or null when too many wait already
   */
  give(nodeId: string, action: OrderAction): number | null {
    const outbox = this.#of(nodeId);
    if (outbox.orders.length >= OUTBOX_MAX) return null;
    const orderId = this.#nextId;
    this.#nextId += 1;
    outbox.orders.push({ orderId, term: this.#term, ...action });
    outbox.wake?.();
    return orderId;
  }

  /** Takes what waits for a node. An answer that gets lost is made good by planning again. */
  take(nodeId: string): Order[] {
    return this.#of(nodeId).orders.splice(0);
  }

  /** Forgets what waits for a node. */
  clear(nodeId: string): void {
    this.#of(nodeId).orders.length = 0;
  }

  /**
   * Waits for orders: at once when there are some; otherwise until one is given, `waitMs` has passed, the caller goes away, a newer
   * poll of the node begins, or the master stops. The orders stay in the outbox if the caller is gone.
   */
  async poll(nodeId: string, waitMs: number, signal: AbortSignal): Promise<Order[]> {
    const outbox = this.#of(nodeId);
    outbox.wake?.();
    if (outbox.orders.length === 0 && !this.#stopped && !signal.aborted) await this.#wait(outbox, waitMs, signal);
    return signal.aborted ? [] : this.take(nodeId);
  }

  /** Ends all polls. */
  stop(): void {
    this.#stopped = true;
    for (const outbox of this.#outboxes.values()) outbox.wake?.();
  }

  #wait(outbox: Outbox, waitMs: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        timer.cancel();
        signal.removeEventListener('abort', wake);
        if (outbox.wake === wake) outbox.wake = null;
        resolve();
      };
      const timer = this.#clock.setTimer(waitMs, wake);
      signal.addEventListener('abort', wake);
      outbox.wake = wake;
    });
  }

  #of(nodeId: string): Outbox {
    let outbox = this.#outboxes.get(nodeId);
    if (outbox === undefined) {
      outbox = { orders: [], wake: null };
      this.#outboxes.set(nodeId, outbox);
    }
    return outbox;
  }
}
