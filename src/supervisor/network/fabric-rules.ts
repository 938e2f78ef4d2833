/** The fabric's rule table: the active faults on messages from a source to a target. Pure. */

/** The effect of a fault on the connections of a direction. */
export type LinkEffect =
  /** Holds everything silently, ends of connections too, and leaves CONNECT unanswered. */
  | { readonly kind: 'stall' }
  /** Like stall, for a machine without power: connections that were open at its start are broken at its end. */
  | { readonly kind: 'freeze' }
  /** Breaks connections, new ones too. Overrides all other faults. */
  | { readonly kind: 'reset' }
  /** Refuses the source's new connections to the target; open connections stay. */
  | { readonly kind: 'refuse' }
  /** Delays everything by this time, and up to `jitterMs` more by seed; the order within a connection is kept. */
  | { readonly kind: 'delay'; readonly delayMs: number; readonly jitterMs: number; readonly seed: number }
  /** All connections of the direction share a line with this rate. */
  | { readonly kind: 'bandwidth'; readonly bytesPerSecond: number };

/** An active fault; its number identifies the fault from one table to the next. */
export type FabricFault = LinkEffect & { readonly id: number };

/** Matches every name without a rule of its own, because clients come and go. */
export const ANY = '*';

/** One direction between two names; `*` matches any. An exact name takes precedence over `*`, the source over the target. */
export interface FabricRule {
  readonly source: string;
  readonly target: string;
  /** `id` of each active fault; empty: bytes pass. */
  readonly faults: readonly number[];
}

/** All active faults and rules. */
export interface FabricTable {
  readonly faults: readonly FabricFault[];
  readonly rules: readonly FabricRule[];
}

const NONE: readonly number[] = [];

/** An immutable table, replaced as a whole, so that no connection ever sees half of a change. */
export class RuleTable {
  readonly #bySource = new Map<string, Map<string, readonly number[]>>();

  constructor(rules: readonly FabricRule[]) {
    for (const { source, target, faults } of rules) {
      const targets = this.#bySource.get(source) ?? new Map<string, readonly number[]>();
      targets.set(target, faults);
      this.#bySource.set(source, targets);
    }
  }

  /** The active faults on messages from `source` to `target`; none on messages from a node to itself. */
  faultsOn(source: string, target: string): readonly number[] {
    if (source === target) return NONE;
    const own = this.#bySource.get(source);
    const others = this.#bySource.get(ANY);
    return own?.get(target) ?? own?.get(ANY) ?? others?.get(target) ?? others?.get(ANY) ?? NONE;
  }
}
