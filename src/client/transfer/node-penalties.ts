/** Remembers which datanodes failed lately: they are asked last. */
import type { Clock, Random } from '../../shared/runtime.js';

/** The oldest is forgotten when there are more. */
const NODES_MAX = 256;

export class NodePenalties {
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #penaltyMs: number;
  /** Node id to when its penalty ends, oldest first. */
  readonly #untilMs = new Map<string, number>();

  /** @param penaltyMs for how long a node that failed is asked last */
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
   * The order in which to ask: at random, so that readers spread; the local node first, nodes that failed lately last.
   */
  order<T extends { readonly nodeId: string }>(nodes: readonly T[], localNodeId: string | undefined): T[] {
    const nowMs = this.#clock.nowMs();
    const rank = (node: T): number => {
      if ((this.#untilMs.get(node.nodeId) ?? 0) > nowMs) return 2;
      return node.nodeId === localNodeId ? 0 : 1;
    };
    return nodes
      .map((node) => ({ node, rank: rank(node), lot: this.#random.float() }))
      .sort((a, b) => a.rank - b.rank || a.lot - b.lot)
      .map(({ node }) => node);
  }
}
