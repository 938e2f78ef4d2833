/** Records recently failed datanodes, which are asked last. */
import type { Clock, Random } from '../../shared/runtime.js';

/** Maximum number of penalties; beyond it the oldest is dropped. */
const NODES_MAX = 256;

export class NodePenalties {
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #penaltyMs: number;
  /** End of the penalty by node id, oldest first. */
  readonly #untilMs = new Map<string, number>();

  /** @param penaltyMs how long a failed node is asked last */
  constructor(clock: Clock, random: Random, penaltyMs: number) {
    this.#clock = clock;
    this.#random = random;
    this.#penaltyMs = penaltyMs;
  }

  add(nodeId: string): void {
    this.#untilMs.delete(nodeId);
    this.#untilMs.set(nodeId, this.#clock.nowMs() + this.#penaltyMs);
    for (const oldest of this.#untilMs.keys()) {
      if (this.#untilMs.size <= NODES_MAX) break;
      this.#untilMs.delete(oldest);
    }
  }

  /**
   * The order in which to ask nodes: random, to distribute the readers; the local node first, recently failed nodes last.
   */
  order<T extends { readonly nodeId: string }>(nodes: readonly T[], localNodeId: string | undefined): T[] {
    const nowMs = this.#clock.nowMs();
    const rank = (node: T): number => {
      if ((this.#untilMs.get(node.nodeId) ?? 0) > nowMs) return 2;
      return node.nodeId === localNodeId ? 0 : 1;
    };
    return nodes
      .map((node) => ({ node, rank: rank(node), order: this.#random.float() }))
      .sort((a, b) => a.rank - b.rank || a.order - b.order)
      .map(({ node }) => node);
  }
}
