/** The fabric's rule table: what happens to bytes that a source sends to a target. Pure. */

/** pass: let through. stall: hold in silence. reset: break the connection and refuse new ones. */
export type FabricAction = 'pass' | 'stall' | 'reset';

/** Stands for every name without a rule of its own: clients come and go. */
export const ANY = '*';

/** One direction between two names; `*` is any. An exact name goes before `*`, the source's before the target's. */
export interface FabricRule {
  readonly source: string;
  readonly target: string;
  readonly action: FabricAction;
}

/** An immutable table, replaced as a whole, so that no connection ever sees half of a change. */
export class RuleTable {
  readonly #bySource = new Map<string, Map<string, FabricAction>>();

  constructor(rules: readonly FabricRule[]) {
    for (const rule of rules) {
      const targets = this.#bySource.get(rule.source) ?? new Map<string, FabricAction>();
      targets.set(rule.target, rule.action);
      this.#bySource.set(rule.source, targets);
    }
  }

  /** What happens to bytes from `source` to `target`; pass where no rule says otherwise. */
  actionFor(source: string, target: string): FabricAction {
    const own = this.#bySource.get(source);
    const others = this.#bySource.get(ANY);
    return own?.get(target) ?? own?.get(ANY) ?? others?.get(target) ?? others?.get(ANY) ?? 'pass';
  }
}
