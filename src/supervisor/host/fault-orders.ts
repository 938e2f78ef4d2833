/**
 * Orders about disk and clock faults of one life of a node, and its answers. Callers do not wait for a life that cannot answer: for
 * a life that is paused, over or too slow, the last known values count.
 */
import type { HostOrder, HostFault } from './host-orders.js';
import type { HostReport } from './host-reports.js';
import { OrderAnswers } from './order-answers.js';

/** Timeout of an answer: a node may be slow (CPU fault, load). */
const ANSWER_WITHIN_MS = 3_000;

export interface FaultOrdersOptions {
  readonly nodeId: string;
  readonly send: (order: HostOrder) => void;
  /** The answer is late: the life is paused, and processes orders after it is resumed. */
  readonly isPaused: () => boolean;
}

export class FaultOrders {
  readonly #options: FaultOrdersOptions;
  readonly #answers: OrderAnswers;
  /** The last values reported by the node, by fault. */
  readonly #lastHits = new Map<number, number>();

  constructor(options: FaultOrdersOptions) {
    this.#options = options;
    this.#answers = new OrderAnswers(options.nodeId);
  }

  /** See NodeProcess. */
  async inject(active: HostFault): Promise<void> {
    await this.#inTime(
      this.#answers.ask((sequence) => this.#options.send({ type: 'inject', sequence, ...active })),
      0,
    );
  }

  /** See NodeProcess. */
  lift(id: number): Promise<number> {
    return this.#ask(id, (sequence) => this.#options.send({ type: 'lift', sequence, id }));
  }

  /** See NodeProcess. */
  async hits(id: number): Promise<number> {
    // Checked repeatedly, because the life may be suspended at any time.
    if (this.#options.isPaused()) return this.#lastHits.get(id) ?? 0;
    return this.#ask(id, (sequence) => this.#options.send({ type: 'hits', sequence, id }));
  }

  /** Processes a report of the node; reports that do not concern faults are ignored. */
  take(report: HostReport): void {
    this.#answers.take(report);
    if (report.type === 'failed') for (const { id, hits } of report.hits) this.#lastHits.set(id, hits);
  }

  /** The life is over: no further answer comes. */
  lose(): void {
    this.#answers.lose();
  }

  async #ask(id: number, send: (sequence: number) => void): Promise<number> {
    const answer = this.#answers.ask(send).then(
      (hits) => {
        this.#lastHits.set(id, Math.max(hits, this.#lastHits.get(id) ?? 0));
      },
      () => undefined,
    );
    await this.#inTime(answer, undefined);
    return this.#lastHits.get(id) ?? 0;
  }

  /**
   * Resolves with `late` when the answer takes too long, or when the node is paused: a paused node processes the order on resume.
   */
  async #inTime<T>(answer: Promise<T>, late: T): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const over = new Promise<T>((resolve) => {
      timer = setTimeout(() => resolve(late), this.#options.isPaused() ? 0 : ANSWER_WITHIN_MS);
    });
    // The caller may no longer wait for the answer.
    answer.catch(() => undefined);
    try {
      return await Promise.race([answer, over]);
    } finally {
      clearTimeout(timer);
    }
  }
}
