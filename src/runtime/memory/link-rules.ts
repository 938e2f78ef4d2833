/** Which directions between simulated machines are stalled or reset at present. */

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

  /** Puts a whole table in place of the present one. */
  replace(rules: readonly LinkRule[]): void {
    this.#rules = [...rules];
  }

  /** Forgets the rules that were made with exactly these names; all rules without names. */
  remove(from?: string, to?: string): void {
    this.#rules = from === undefined ? [] : this.#rules.filter((rule) => rule.from !== from || rule.to !== to);
  }

  /** Tells whether a direction has this fault. A machine's talk with itself has one only where a rule names it twice. */
  has(fault: LinkRuleFault, from: string, to: string): boolean {
    return this.#rules.some((rule) => rule.fault === fault && matches(rule, from, to));
  }
}

function matches(rule: LinkRule, from: string, to: string): boolean {
  if (from === to) return rule.from === from && rule.to === to;
  return (rule.from === '*' || rule.from === from) && (rule.to === '*' || rule.to === to);
}
