/** Faults of the fabric as they are in force: each counts what it did, and knows the lines that it makes slow. */
import { SeededRandom } from '../../runtime/faults/seeded-random.js';
import { RuleTable } from './fabric-rules.js';
import type { FabricFault, FabricTable } from './fabric-rules.js';

/** How often a fault struck so far. */
export interface FaultHits {
  readonly id: number;
  readonly hits: number;
}

/** So much of what a slow line did not use may be made up for: a timer is late by about a millisecond. */
const CATCH_UP_MS = 5;

/** A fault in one direction between two names; the same object for all of their connections, as long as it is in force. */
export class DirectedFault {
  readonly effect: FabricFault;
  readonly #tally: { hits: number };
  readonly #random: SeededRandom | null;
  /** When the line is through with what was sent over it so far. */
  #freeAtMs = Number.NEGATIVE_INFINITY;

  constructor(effect: FabricFault, tally: { hits: number }, source: string, target: string) {
    this.effect = effect;
    this.#tally = tally;
    this.#random = effect.kind === 'delay' ? new SeededRandom(String(effect.seed), `${source} ${target}`) : null;
  }

  get isHolding(): boolean {
    return this.effect.kind === 'stall' || this.effect.kind === 'freeze';
  }

  /** Counts one more blow. */
  strike(): void {
    this.#tally.hits++;
  }

  /** How much later the next message of a delay is, with its jitter. */
  drawDelayMs(): number {
    if (this.effect.kind !== 'delay') return 0;
    return this.effect.delayMs + (this.#random?.float() ?? 0) * this.effect.jitterMs;
  }

  /** Queues bytes on a slow line. @returns when it is through with them */
  queue(bytes: number, nowMs: number): number {
    if (this.effect.kind !== 'bandwidth') return nowMs;
    this.#freeAtMs = Math.max(nowMs - CATCH_UP_MS, this.#freeAtMs) + (bytes * 1_000) / this.effect.bytesPerSecond;
    return this.#freeAtMs;
  }
}

/** What a fault of some number did, and does between whom. */
class ActiveLinkFault {
  readonly effect: FabricFault;
  readonly tally = { hits: 0 };
  readonly #directed = new Map<string, DirectedFault>();

  constructor(effect: FabricFault) {
    this.effect = effect;
  }

  between(source: string, target: string): DirectedFault {
    const key = `${source} ${target}`;
    let directed = this.#directed.get(key);
    if (directed === undefined) {
      directed = new DirectedFault(this.effect, this.tally, source, target);
      if (this.#directed.size < DIRECTIONS_MAX) this.#directed.set(key, directed);
    }
    return directed;
  }
}

/** Clients choose their names, so their number is bounded: of those beyond, each connection has a line of its own. */
const DIRECTIONS_MAX = 4_096;
const NONE: readonly DirectedFault[] = [];

export class FaultsInForce {
  #faults = new Map<number, ActiveLinkFault>();
  #table = new RuleTable([]);

  /** Puts a table in force. Faults that were in the one before go on counting. @returns what those did that are over */
  replace({ faults, rules }: FabricTable): FaultHits[] {
    const before = this.#faults;
    this.#faults = new Map(faults.map((fault) => [fault.id, before.get(fault.id) ?? new ActiveLinkFault(fault)]));
    this.#table = new RuleTable(rules);
    return [...before].filter(([id]) => !this.#faults.has(id)).map(([id, { tally }]) => ({ id, hits: tally.hits }));
  }

  /** What is in force on what `source` sends to `target`. */
  on(source: string, target: string): readonly DirectedFault[] {
    const ids = this.#table.faultsOn(source, target);
    if (ids.length === 0) return NONE;
    return ids.flatMap((id) => this.#faults.get(id)?.between(source, target) ?? []);
  }

  hits(): FaultHits[] {
    return [...this.#faults].map(([id, { tally }]) => ({ id, hits: tally.hits }));
  }
}
