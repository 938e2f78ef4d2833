/**
 * Forgets replicas of nodes that have been dead for long, so that a node that never returns does not cost memory for ever. A replica of a
 * chunk that no other node has is kept: it tells an operator what is lost with the node. A node that returns reports all it has.
 */
import type { Timings } from '../../shared/profile.js';
import type { Chunk, ChunkTable } from '../state/tables/chunk-table.js';
import type { ActiveNode, ActiveNodes } from './active-nodes.js';
import { isOfChunk, isUsable } from './locations.js';
import type { Locations, ReplicaRecord } from './locations.js';

interface Round {
  /** null between two rounds. */
  chunkIds: IterableIterator<number> | null;
  /** When the next round begins; monotonic. */
  dueMs: number;
}

export class DeadReplicas {
  readonly #chunks: ChunkTable;
  readonly #nodes: ActiveNodes;
  readonly #locations: Locations;
  readonly #timings: Pick<Timings, 'deadAfterMs' | 'orphanDelayMs' | 'blockReportIntervalMs'>;
  /** By id; of nodes that have been dead for long. */
  readonly #rounds = new Map<string, Round>();

  constructor(
    chunks: ChunkTable,
    nodes: ActiveNodes,
    locations: Locations,
    timings: Pick<Timings, 'deadAfterMs' | 'orphanDelayMs' | 'blockReportIntervalMs'>,
  ) {
    this.#chunks = chunks;
    this.#nodes = nodes;
    this.#locations = locations;
    this.#timings = timings;
  }

  /** Looks at up to `budget` replicas. @returns what is left of the budget */
  pass(budget: number, nowMs: number): number {
    let left = budget;
    for (const node of this.#nodes.all()) {
      if (!this.#isLongDead(node, nowMs)) this.#rounds.delete(node.id);
      else left = this.#look(node, left, nowMs);
    }
    return left;
  }

  /** The log does not know the node any more. */
  forgetNode(nodeId: string): void {
    this.#rounds.delete(nodeId);
  }

  #isLongDead(node: ActiveNode, nowMs: number): boolean {
    return node.state === 'DEAD' && nowMs - node.lastHeartbeatMs > this.#timings.deadAfterMs + this.#timings.orphanDelayMs;
  }

  #look(node: ActiveNode, budget: number, nowMs: number): number {
    const round = this.#rounds.get(node.id) ?? { chunkIds: null, dueMs: nowMs };
    this.#rounds.set(node.id, round);
    if (round.dueMs > nowMs) return budget;
    round.chunkIds ??= this.#locations.chunksOf(node.id);
    for (let left = budget; left > 0; left -= 1) {
      const next = round.chunkIds.next();
      if (next.done === true) {
        round.chunkIds = null;
        round.dueMs = nowMs + this.#timings.blockReportIntervalMs;
        return left;
      }
      const record = this.#locations.find(next.value, node.id);
      if (record !== undefined && !this.#isMissed(record)) this.#locations.forget(record);
    }
    return 0;
  }

  #isMissed(record: ReplicaRecord): boolean {
    const chunk = this.#chunks.get(record.chunkId);
    return chunk !== undefined && isOnlyOn(record, chunk, this.#locations);
  }
}

/** Tells whether a replica is of the committed version, and no node that is not dead has reported another good one. */
export function isOnlyOn(record: ReplicaRecord, chunk: Chunk, locations: Locations): boolean {
  if (chunk.version === 0 || record.state !== 'committed' || !isOfChunk(record, chunk)) return false;
  const isGood = (other: ReplicaRecord): boolean => isOfChunk(other, chunk) && isUsable(other) && other.isReported;
  return !locations.ofChunk(chunk.id).some((other) => other !== record && isGood(other));
}
