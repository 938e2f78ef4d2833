/** The fabric's rule table: which faults are in force on what a source sends to a target. Pure. */

/** What a fault does to the connections of a direction. */
export type LinkEffect =
  /** Holds everything in silence, ends of connections too, and leaves CONNECT unanswered. */
  | { readonly kind: 'stall' }
  /** As stall, of a machine without power: connections that were open when it began are broken when it ends. */
  | { readonly kind: 'freeze' }
  /** Breaks connections, new ones too, whatever else is in force. */
  | { readonly kind: 'reset' }
  /** The source's new connections to the target are refused; live ones stay. */
  | { readonly kind: 'refuse' }
  /** Everything takes this much longer, and up to `jitterMs` more by seed; order is kept within a connection. */
  | { readonly kind: 'delay'; readonly delayMs: number; readonly jitterMs: number; readonly seed: number }
  /** All connections of the direction share a line of this rate. */
  | { readonly kind: 'bandwidth'; readonly bytesPerSecond: number };

/** A fault in force, known by its number from one table to the next. */
export type FabricFault = LinkEffect & { readonly id: number };

/** Stands for every name without a rule of its own: clients come and go. */
export const ANY = '*';

/** One direction between two names; `*` is any. An exact name goes before `*`, the source's before the target's. */
export interface FabricRule {
  readonly source: string;
  readonly target: string;
  /** `id` of each fault in force there; none: passed on. */
  readonly faults: readonly number[];
}

/** Everything that is in force. */
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

  /** The faults in force on what `source` sends to `target`; none on what a node sends to itself. */
  faultsOn(source: string, target: string): readonly number[] {
    if (source === target) return NONE;
    const own = this.#bySource.get(source);
    const others = this.#bySource.get(ANY);
    return own?.get(target) ?? own?.get(ANY) ?? others?.get(target) ?? others?.get(ANY) ?? NONE;
  }
}
