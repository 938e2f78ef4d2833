/** The directions between simulated machines that are stalled or reset at present. */

export type LinkRuleFault = 'stall' | 'reset';

export interface LinkRule {
  readonly fault: LinkRuleFault;
  /** Machine names; '*' is any other machine. */
  readonly from: string;
  readonly to: string;
}

export class LinkRules {
  #rules: LinkRule[] = [];

  add(fault: LinkRuleFault, from: string, to: string): void {
    if (!this.#rules.some((rule) => rule.fault === fault && rule.from === from && rule.to === to)) {
      this.#rules.push({ fault, from, to });
    }
  }

  /** Replaces the whole table of rules. */
  replace(rules: readonly LinkRule[]): void {
    this.#rules = [...rules];
  }

  /** Removes the rules that were made with exactly these names; without names, all rules. */
  remove(from?: string, to?: string): void {
    this.#rules = from === undefined ? [] : this.#rules.filter((rule) => rule.from !== from || rule.to !== to);
  }

  /**
   * Returns whether a direction has this fault. The direction from a machine to itself has one only where a rule names the machine
   * twice.
   */
  has(fault: LinkRuleFault, from: string, to: string): boolean {
    return this.#rules.some((rule) => rule.fault === fault && matches(rule, from, to));
  }
}

function matches(rule: LinkRule, from: string, to: string): boolean {
  if (from === to) return rule.from === from && rule.to === to;
  return (rule.from === '*' || rule.from === from) && (rule.to === '*' || rule.to === to);
}
