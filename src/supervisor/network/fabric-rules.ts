/** The fabric's rule table: the active faults on messages from a source to a target. Pure. */
import type { LinkFault } from '../../runtime/faults/link-fault.js';

/** The effect of a fault on the connections of a direction. The jitter of a delay comes from a seed of its own. */
export type LinkEffect =
  | Exclude<LinkFault, DelayFault>
  | (DelayFault & { readonly seed: number })
  /** Like stall, for a machine without power: connections that were open at its start are broken at its end. */
  | { readonly kind: 'freeze' };

type DelayFault = Extract<LinkFault, { readonly kind: 'delay' }>;

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
