/**
 * Carries out what the leading master orders: copies and deletions, a few at a time, only under the accepted term.
 *
 * When a later term is accepted, what waits is refused. What has begun runs to its end, for it cannot be undone halfway:
 *   deletions   are quick, and `olderEnded` waits for them: the first report under the new term is made when they are over, so that
 *               no replica is confirmed that an order of the old leader is about to take
 *   copies      are not waited for. A copy takes nothing away: it adds a replica of exactly one version that the log knew as
 *               committed. Its target reports it, and the new leader judges the report, not the order: as one of its own copies where
 *               it wanted just that, else as one too many or out of date, which it has removed by its own rules
 */
import type { DeleteOrder__Output } from '../../protocol/generated/distrifs/v1/DeleteOrder.js';
import type { Order__Output } from '../../protocol/generated/distrifs/v1/Order.js';
import type { OrderFailure } from '../../protocol/generated/distrifs/v1/OrderFailure.js';
import type { ReplicateOrder__Output } from '../../protocol/generated/distrifs/v1/ReplicateOrder.js';
import { toErrorDetail } from '../../protocol/error-detail.js';
import { DfsError, toDfsError } from '../../shared/errors.js';
import { blaming, type DataPlane } from '../pipeline/data-plane.js';
import { copyReplica } from '../pipeline/replicator.js';
import type { ReplicaChange } from '../store/chunk-store.js';
import { OrderRefusals } from './order-refusals.js';
import { TaskLane } from './task-lane.js';

/** Who gave the orders, and hears of the outcome. */
export interface OrderGiver {
  /** host:port */
  readonly master: string;
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

  /** Deletions under way, with the term that ordered them. The promises never reject. */
  readonly #deleting = new Set<{ readonly term: number; readonly ended: Promise<unknown> }>();
  readonly #refusals: OrderRefusals;

  constructor(plane: DataPlane) {
    this.#plane = plane;
    this.#refusals = new OrderRefusals(plane.log, () => plane.clock.nowMs());
  }

  /**
   * Takes orders on; those of another term than the accepted one are refused.
   * @param term what the master said that its own term is; 0: it does not lead, and has nothing to order
   */
  take(orders: readonly Order__Output[], term: number, giver: OrderGiver): void {
    for (const order of orders) {
      const key = `${order.term}/${order.orderId}`;
      if (this.#isRefused(order, giver, term) || this.#known.has(key)) continue;
      const isTaken = this.#enqueue(order, giver, () => this.#known.delete(key));
      if (isTaken) this.#known.add(key);
      else this.#failed(order, giver, new DfsError('RESOURCE_EXHAUSTED', `${WAITING_MAX} orders are waiting already`));
    }
  }

  /** Resolves when no deletion is under way that an earlier term than the accepted one ordered. */
  async olderEnded(): Promise<void> {
    const { acceptedTerm } = this.#plane.identity;
    await Promise.all([...this.#deleting].filter(({ term }) => term < acceptedTerm).map(({ ended }) => ended));
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
        if (!this.#isRefused(order, giver)) await task();
      } catch (error) {
        this.#failed(order, giver, error);
      } finally {
        done();
      }
    };
    if (replicate) return this.#copies.add(() => run(() => this.#copy(order, replicate, giver)));
    if (remove) return this.#deletions.add(() => run(() => this.#noted(order.term, this.#delete(remove, giver))));
    this.#plane.log.warn('An order of an unknown kind is ignored', { orderId: order.orderId, term: order.term });
    done();
    return true;
  }

  /** @param term of the master that gives it; left out when it was taken on before */
  #isRefused(order: Order__Output, giver: OrderGiver, term = order.term): boolean {
    const { acceptedTerm } = this.#plane.identity;
    if (order.term === acceptedTerm && term === acceptedTerm) return false;
    this.#refusals.refused(order, giver.master, acceptedTerm);
    return true;
  }

  async #noted(term: number, deletion: Promise<void>): Promise<void> {
    const noted = { term, ended: deletion.catch(() => undefined) };
    this.#deleting.add(noted);
    try {
      await deletion;
    } finally {
      this.#deleting.delete(noted);
    }
  }

  /** To each target; one that fails does not stop the others. */
  async #copy(order: Order__Output, replicate: ReplicateOrder__Output, giver: OrderGiver): Promise<void> {
    const { chunkId, version, targets } = replicate;
    for (const target of targets) {
      // The copies before may have taken long.
      if (this.#isRefused(order, giver)) return;
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
