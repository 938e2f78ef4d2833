/** The active faults of the fabric, with their counters and slow lines. */
import { SeededRandom } from '../../runtime/faults/seeded-random.js';
import { RuleTable } from './fabric-rules.js';
import type { FabricFault, FabricTable } from './fabric-rules.js';

/** Number of effects of a fault so far. */
export interface FaultHits {
  readonly id: number;
  readonly hits: number;
}

/** Unused time of a slow line that may be made up for, because timers are late by about a millisecond. */
const CATCH_UP_MS = 5;

/** A fault in one direction between two names: the same object for all connections, as long as the fault is active. */
export class DirectedFault {
  readonly effect: FabricFault;
  readonly #tally: { hits: number };
  readonly #random: SeededRandom | null;
  /** Time at which the line finishes the bytes sent so far. */
  #freeAtMs = Number.NEGATIVE_INFINITY;

  constructor(effect: FabricFault, tally: { hits: number }, source: string, target: string) {
    this.effect = effect;
    this.#tally = tally;
    this.#random = effect.kind === 'delay' ? new SeededRandom(String(effect.seed), `${source} ${target}`) : null;
  }

  get isHolding(): boolean {
    return this.effect.kind === 'stall' || this.effect.kind === 'freeze';
  }

  /** Counts one more effect. */
  countEffect(): void {
    this.#tally.hits++;
  }

  /** The delay of the next message, with its jitter. */
  drawDelayMs(): number {
    if (this.effect.kind !== 'delay') return 0;
    return this.effect.delayMs + (this.#random?.float() ?? 0) * this.effect.jitterMs;
  }

  /** Queues bytes on a slow line. @returns when the line finishes them */
  queue(bytes: number, nowMs: number): number {
    if (this.effect.kind !== 'bandwidth') return nowMs;
    this.#freeAtMs = Math.max(nowMs - CATCH_UP_MS, this.#freeAtMs) + (bytes * 1_000) / this.effect.bytesPerSecond;
    return this.#freeAtMs;
  }
}

/** The fault with one number: its counter, and its directions. */
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

/** Limit, because clients choose their names: beyond the limit, each connection has a line of its own. */
const DIRECTIONS_MAX = 4_096;
const NONE: readonly DirectedFault[] = [];

export class ActiveLinkFaults {
  #faults = new Map<number, ActiveLinkFault>();
  #table = new RuleTable([]);

  /** Activates a table. Faults that were in the previous table keep their counters. @returns the effects of faults that ended */
  replace({ faults, rules }: FabricTable): FaultHits[] {
    const before = this.#faults;
    this.#faults = new Map(faults.map((fault) => [fault.id, before.get(fault.id) ?? new ActiveLinkFault(fault)]));
    this.#table = new RuleTable(rules);
    return [...before].filter(([id]) => !this.#faults.has(id)).map(([id, { tally }]) => ({ id, hits: tally.hits }));
  }

  /** The active faults on messages from `source` to `target`. */
  on(source: string, target: string): readonly DirectedFault[] {
    const ids = this.#table.faultsOn(source, target);
    if (ids.length === 0) return NONE;
    return ids.flatMap((id) => this.#faults.get(id)?.between(source, target) ?? []);
  }

  hits(): FaultHits[] {
    return [...this.#faults].map(([id, { tally }]) => ({ id, hits: tally.hits }));
  }
}
