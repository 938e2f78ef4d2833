/**
 * Orders about the faults of one life's disk and clock, and what it answers. Nobody waits for a life that cannot answer: of one that is
 * paused, is over or takes too long, what was known last counts.
 */
import type { HostOrder, HostFault } from './host-orders.js';
import type { HostReport } from './host-reports.js';
import { OrderAnswers } from './order-answers.js';

/** A node that does not answer an order by then (a slow CPU, much to do) is not waited for. */
const ANSWER_WITHIN_MS = 3_000;

export interface FaultOrdersOptions {
  readonly nodeId: string;
  readonly send: (order: HostOrder) => void;
  /** It was paused, and takes no order before it is resumed. */
  readonly isPaused: () => boolean;
}

export class FaultOrders {
  readonly #options: FaultOrdersOptions;
  readonly #answers: OrderAnswers;
  /** As the node said last, by fault. */
  readonly #lastHits = new Map<number, number>();

  constructor(options: FaultOrdersOptions) {
    this.#options = options;
    this.#answers = new OrderAnswers(options.nodeId);
  }

  /** As NodeProcess has it. */
  async inject(active: HostFault): Promise<void> {
    await this.#inTime(
      this.#answers.ask((sequence) => this.#options.send({ type: 'impose', sequence, ...active })),
      0,
    );
  }

  /** As NodeProcess has it. */
  lift(id: number): Promise<number> {
    return this.#ask(id, (sequence) => this.#options.send({ type: 'lift', sequence, id }));
  }

  /** As NodeProcess has it. */
  async hits(id: number): Promise<number> {
    // Asked again and again, for as long as it may be suspended.
    if (this.#options.isPaused()) return this.#lastHits.get(id) ?? 0;
    return this.#ask(id, (sequence) => this.#options.send({ type: 'hits', sequence, id }));
  }

  /** Takes what the node reports; what is no answer, and says nothing of faults, is left alone. */
  take(report: HostReport): void {
    this.#answers.take(report);
    if (report.type === 'failed') for (const { id, hits } of report.hits) this.#lastHits.set(id, hits);
  }

  /** The life is over: nothing is answered any more. */
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

  /** Resolves with `late` when the answer takes too long, or the node is paused: it is told when it goes on. */
  async #inTime<T>(answer: Promise<T>, late: T): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const over = new Promise<T>((resolve) => {
      timer = setTimeout(() => resolve(late), this.#options.isPaused() ? 0 : ANSWER_WITHIN_MS);
    });
    // Nobody may be waiting for it any more.
    answer.catch(() => undefined);
    try {
      return await Promise.race([answer, over]);
    } finally {
      clearTimeout(timer);
    }
  }
}
