/** Orders about faults of one life of a node, and what it said of them last: nobody waits long for a node that is suspended, slow, or gone. */
import type { HostOrder, ImposedFault } from './host-orders.js';
import type { HostReport } from './host-reports.js';
import { OrderAnswers } from './order-answers.js';

/** A node that does not answer by then (a slow CPU, much to do) is not waited for: what it said last counts. */
const ANSWER_WITHIN_MS = 3_000;

export class FaultOrders {
  readonly #answers: OrderAnswers;
  readonly #send: (order: HostOrder) => void;
  readonly #isPaused: () => boolean;
  /** By fault. */
  readonly #lastHits = new Map<number, number>();

  /** @param isPaused the node was told to suspend: it answers when it goes on */
  constructor(nodeId: string, send: (order: HostOrder) => void, isPaused: () => boolean) {
    this.#answers = new OrderAnswers(nodeId);
    this.#send = send;
    this.#isPaused = isPaused;
  }

  /** As NodeProcess has it. */
  async impose(imposed: ImposedFault): Promise<void> {
    await this.#inTime(
      this.#answers.ask((sequence) => this.#send({ type: 'impose', sequence, ...imposed })),
      0,
    );
  }

  /** As NodeProcess has it. */
  lift(id: number): Promise<number> {
    return this.#ask(id, (sequence) => this.#send({ type: 'lift', sequence, id }));
  }

  /** As NodeProcess has it. */
  async hits(id: number): Promise<number> {
    // Asked again and again, for as long as it may be suspended.
    if (this.#isPaused()) return this.#lastHits.get(id) ?? 0;
    return this.#ask(id, (sequence) => this.#send({ type: 'hits', sequence, id }));
  }

  /** Takes what a node reports; what has nothing to do with faults is left alone. */
  take(report: HostReport): void {
    this.#answers.take(report);
    if (report.type !== 'failed') return;
    for (const { id, hits } of report.hits) this.#lastHits.set(id, hits);
  }

  /** The node is gone. */
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

  /** Resolves with `late` when the answer takes too long. */
  async #inTime<T>(answer: Promise<T>, late: T): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const over = new Promise<T>((resolve) => {
      timer = setTimeout(() => resolve(late), this.#isPaused() ? 0 : ANSWER_WITHIN_MS);
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
