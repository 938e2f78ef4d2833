/** Carries out what masters order: copies and deletions, a few at a time, only under the accepted term. */
import type { DeleteOrder__Output } from '../../protocol/generated/distrifs/v1/DeleteOrder.js';
import type { Order__Output } from '../../protocol/generated/distrifs/v1/Order.js';
import type { OrderFailure } from '../../protocol/generated/distrifs/v1/OrderFailure.js';
import type { ReplicateOrder__Output } from '../../protocol/generated/distrifs/v1/ReplicateOrder.js';
import { toErrorDetail } from '../../protocol/error-detail.js';
import { DfsError, toDfsError } from '../../shared/errors.js';
import { blaming, type DataPlane } from '../pipeline/data-plane.js';
import { copyReplica } from '../pipeline/replicator.js';
import type { ReplicaChange } from '../store/chunk-store.js';
import { TaskLane } from './task-lane.js';

/** Who gave the orders, and hears of the outcome. */
export interface OrderGiver {
  report(change: ReplicaChange): void;
  reportFailure(failure: OrderFailure): void;
}

const COPIES_AT_ONCE = 4;
const DELETIONS_AT_ONCE = 8;
/** Orders that may wait, of each kind; more are refused, and given again later. */
const WAITING_MAX = 4_096;

export class OrderExecutor {
  readonly #plane: DataPlane;
  readonly #copies = new TaskLane(COPIES_AT_ONCE, WAITING_MAX);
  readonly #deletions = new TaskLane(DELETIONS_AT_ONCE, WAITING_MAX);
  /** Waiting or being carried out, as `term/order id`: the same order in another reply is ignored. */
  readonly #known = new Set<string>();

  constructor(plane: DataPlane) {
    this.#plane = plane;
  }

  /** Takes orders on; those of another term than the accepted one are dropped. */
  take(orders: readonly Order__Output[], giver: OrderGiver): void {
    for (const order of orders) {
      const key = `${order.term}/${order.orderId}`;
      if (order.term !== this.#plane.identity.acceptedTerm || this.#known.has(key)) continue;
      const isTaken = this.#enqueue(order, giver, () => this.#known.delete(key));
      if (isTaken) this.#known.add(key);
      else this.#failed(order, giver, new DfsError('RESOURCE_EXHAUSTED', `${WAITING_MAX} orders are waiting already`));
    }
  }

  /** Takes no more on, and resolves when what is being carried out has ended. */
  async stop(): Promise<void> {
    await Promise.all([this.#copies.stop(), this.#deletions.stop()]);
  }

  #enqueue(order: Order__Output, giver: OrderGiver, done: () => void): boolean {
    const { replicate, delete: remove } = order;
    const run = async (task: () => Promise<void>): Promise<void> => {
      try {
        // It may have waited into another term.
        if (order.term === this.#plane.identity.acceptedTerm) await task();
      } catch (error) {
        this.#failed(order, giver, error);
      } finally {
        done();
      }
    };
    if (replicate) return this.#copies.add(() => run(() => this.#copy(order, replicate, giver)));
    if (remove) return this.#deletions.add(() => run(() => this.#delete(remove, giver)));
    this.#plane.log.warn('An order of an unknown kind is ignored', { orderId: order.orderId, term: order.term });
    done();
    return true;
  }

  /** To each target; one that fails does not stop the others. */
  async #copy(order: Order__Output, replicate: ReplicateOrder__Output, giver: OrderGiver): Promise<void> {
    const { chunkId, version, targets } = replicate;
    for (const target of targets) {
      try {
        await copyReplica(this.#plane, { chunkId, version, term: order.term }, target);
        this.#plane.log.info('Chunk copied by order', { chunkId, version, target: target.nodeId });
      } catch (error) {
        this.#failed(order, giver, error);
      }
    }
  }

  async #delete(remove: DeleteOrder__Output, giver: OrderGiver): Promise<void> {
    const { chunkId, version } = remove;
    await this.#plane.store.delete(chunkId, version);
    // Also when there was nothing to delete: the master then learns what this node really has.
    const left = this.#plane.store.get(chunkId);
    if (left === undefined) giver.report({ chunkId, version, lengthBytes: 0, state: 'DELETED' });
    else giver.report({ chunkId, version: left.version, lengthBytes: left.lengthBytes, state: 'COMMITTED' });
  }

  #failed(order: Order__Output, giver: OrderGiver, cause: unknown): void {
    const { identity, log } = this.#plane;
    const error = blaming(identity.nodeId, toDfsError(cause, 'Order failed'));
    log.warn('An order could not be carried out', { orderId: order.orderId, term: order.term, action: order.action, error });
    giver.reportFailure({ orderId: order.orderId, error: toErrorDetail(error) });
  }
}
