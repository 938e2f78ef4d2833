/**
 * Orders on their way to datanodes: one outbox a node, emptied by heartbeat replies and by long polls. Made anew with each role of this
 * master: those of a follower only let polls wait, and when a role ends, its polls end and its orders are gone.
 */
import type { Order } from '../../protocol/generated/distrifs/v1/Order.js';
import { NODE_ORDERS_MAX } from '../../shared/limits.js';
import type { Clock } from '../../shared/runtime.js';

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
  readonly #appliedIndex: () => number;
  #nextId = 1;
  #stopped = false;

  /**
   * @param term of the orders; 0: none will be given
   * @param appliedIndex of the leader, now
   */
  constructor(term: number, clock: Clock, appliedIndex: () => number) {
    this.#term = term;
    this.#clock = clock;
    this.#appliedIndex = appliedIndex;
  }

  /**
   * Gives a node an order, and wakes its poll.
   * @returns the order's id, or null when too many wait already, or nobody may give any more
   */
  give(nodeId: string, action: OrderAction): number | null {
    const outbox = this.#of(nodeId);
    if (this.#stopped || outbox.orders.length >= NODE_ORDERS_MAX) return null;
    const orderId = this.#nextId;
    this.#nextId += 1;
    outbox.orders.push({ orderId, term: this.#term, index: this.#appliedIndex(), ...action });
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
   * poll of the node begins, or these orders end. The orders stay in the outbox if the caller is gone.
   */
  async poll(nodeId: string, waitMs: number, signal: AbortSignal): Promise<Order[]> {
    const outbox = this.#of(nodeId);
    outbox.wake?.();
    if (outbox.orders.length === 0 && !this.#stopped && !signal.aborted) await this.#wait(outbox, waitMs, signal);
    return signal.aborted ? [] : this.take(nodeId);
  }

  /** Ends all polls, empty; what was not taken is never given. */
  stop(): void {
    this.#stopped = true;
    for (const outbox of this.#outboxes.values()) {
      outbox.orders.length = 0;
      outbox.wake?.();
    }
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
