/** Matches a node's answers with the orders that have a sequence number. */
import { DfsError } from '../../shared/errors.js';
import type { HostReport } from './host-reports.js';

interface Waiting {
  readonly resolve: (hits: number) => void;
  readonly reject: (error: DfsError) => void;
}

export class OrderAnswers {
  readonly #nodeId: string;
  readonly #waiting = new Map<number, Waiting>();
  #sequence = 0;
  #lost: DfsError | null = null;

  constructor(nodeId: string) {
    this.#nodeId = nodeId;
  }

  /**
   * Sends an order and waits for its answer.
   * @param send sends the order with the given sequence number
   * @returns the hits of the fault that the order names
   * @throws DfsError UNAVAILABLE when the node is gone, INVALID_ARGUMENT when the node refuses
   */
  ask(send: (sequence: number) => void): Promise<number> {
    if (this.#lost !== null) return Promise.reject(this.#lost);
    const sequence = ++this.#sequence;
    return new Promise((resolve, reject) => {
      this.#waiting.set(sequence, { resolve, reject });
      send(sequence);
    });
  }

  /** Processes a report of the node; reports other than answers are ignored. */
  take(report: HostReport): void {
    if (report.type !== 'done' && report.type !== 'refused') return;
    const waiting = this.#waiting.get(report.sequence);
    this.#waiting.delete(report.sequence);
    if (report.type === 'done') waiting?.resolve(report.hits);
    else waiting?.reject(new DfsError('INVALID_ARGUMENT', `Node ${this.#nodeId} refuses: ${report.message}`));
  }

  /** The node is gone: no further answer comes. */
  lose(): void {
    this.#lost = new DfsError('UNAVAILABLE', `Node ${this.#nodeId} ended`, { nodeId: this.#nodeId });
    for (const waiting of this.#waiting.values()) waiting.reject(this.#lost);
    this.#waiting.clear();
  }
}
