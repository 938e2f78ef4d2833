/**
 * Looks for an order of operations that explains every outcome: the search of Wing and Gong ("Testing and Verifying Concurrent
 * Objects", 1993) with the memory of seen configurations of Lowe ("Testing for Linearizability", 2017), as Porcupine does it. A
 * configuration is the set of operations that took effect and the state they led to.
 *
 * Two things keep it small. A look or a refusal that the present state explains is taken at once: it never changes anything. (Not so a
 * change that makes no difference now: later it might.) And an operation of unknown outcome may stay out for ever, so that of two configurations that differ only in those, one that
 * used fewer makes the other superfluous.
 */
import type { Operation } from '../history/operation.js';
import type { NamespaceModel } from './namespace-model.js';

export type Linearization = 'linearizable' | 'impossible' | 'undecided';

/** Steps that a search may still take; shared by the searches of one check. A step is one operation tried in one configuration. */
export interface StepBudget {
  left: number;
}

interface Configuration {
  readonly state: number;
  /** All known operations before this one took effect. */
  readonly first: number;
  /** Known ones after `first` that took effect, ascending. */
  readonly beyond: readonly number[];
  /** A bit for each unknown one that took effect. */
  readonly used: bigint;
}

interface Candidates {
  /** Numbers of known operations that may be next, those that returned first in front. */
  readonly known: readonly number[];
  /** The same of unknown ones. */
  readonly unknown: readonly number[];
}

const isLook = ({ kind, outcome }: Operation): boolean =>
  outcome === 'fail' || kind === 'read' || kind === 'stat' || kind === 'list';

class Search {
  readonly #model: NamespaceModel;
  readonly #budget: StepBudget;
  readonly #known: readonly Operation[];
  readonly #unknown: readonly Operation[];
  /** By all but `used`: the smallest sets of used unknown ones seen. */
  readonly #seen = new Map<string, bigint[]>();

  constructor(operations: readonly Operation[], model: NamespaceModel, budget: StepBudget) {
    this.#model = model;
    this.#budget = budget;
    this.#known = operations.filter(({ outcome }) => outcome !== 'unknown');
    this.#unknown = operations.filter(({ outcome }) => outcome === 'unknown');
  }

  run(): Linearization {
    const stack: Configuration[] = [{ state: this.#model.initial, first: 0, beyond: [], used: 0n }];
    for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
      const settled = this.#settle(at);
      if (settled.first === this.#known.length) return 'linearizable';
      if (this.#budget.left < 0) return 'undecided';
      if (this.#isSuperfluous(settled)) continue;
      // The last one pushed is tried first: a known one that returned early.
      stack.push(...this.#successors(settled).reverse());
    }
    return 'impossible';
  }

  /** Takes all looks and refusals that the state explains. */
  #settle(from: Configuration): Configuration {
    let at = from;
    for (;;) {
      const idle = this.#candidates(at).known.find((index) => {
        const operation = this.#at(index);
        return isLook(operation) && this.#step(at.state, operation) !== undefined;
      });
      if (idle === undefined || this.#budget.left < 0) return at;
      at = this.#withKnown(at, idle, at.state);
    }
  }

  #successors(at: Configuration): Configuration[] {
    const { known, unknown } = this.#candidates(at);
    const successors: Configuration[] = [];
    for (const index of known) {
      const state = this.#step(at.state, this.#known[index]);
      if (state !== undefined) successors.push(this.#withKnown(at, index, state));
    }
    for (const index of unknown) {
      const state = this.#step(at.state, this.#unknown[index]);
      if (state !== undefined && state !== at.state) successors.push({ ...at, state, used: at.used | (1n << BigInt(index)) });
    }
    return successors;
  }

  #step(state: number, operation: Operation | undefined): number | undefined {
    this.#budget.left -= 1;
    return operation && this.#model.step(state, operation);
  }

  /** An operation may be next unless one that did not take effect yet had returned before it was invoked. */
  #candidates({ first, beyond, used }: Configuration): Candidates {
    const known: number[] = [];
    let firstReturnMs = Infinity;
    let skip = 0;
    for (let index = first; index < this.#known.length; index += 1) {
      if (beyond[skip] === index) {
        skip += 1;
        continue;
      }
      const { invokedMs, completedMs } = this.#at(index);
      if (invokedMs > firstReturnMs) break;
      known.push(index);
      firstReturnMs = Math.min(firstReturnMs, completedMs ?? Infinity);
    }
    const unknown: number[] = [];
    for (const [index, { invokedMs }] of this.#unknown.entries()) {
      if (invokedMs > firstReturnMs) break;
      if (used === 0n || ((used >> BigInt(index)) & 1n) === 0n) unknown.push(index);
    }
    return { known: known.sort((a, b) => (this.#at(a).completedMs ?? 0) - (this.#at(b).completedMs ?? 0)), unknown };
  }

  #at(index: number): Operation {
    const operation = this.#known[index];
    if (operation === undefined) throw new RangeError(`No operation ${index}`);
    return operation;
  }

  #withKnown({ first, beyond, used }: Configuration, index: number, state: number): Configuration {
    if (index !== first) {
      const position = beyond.findIndex((other) => other > index);
      return { state, used, first, beyond: position < 0 ? [...beyond, index] : beyond.toSpliced(position, 0, index) };
    }
    let next = first + 1;
    let skip = 0;
    for (; beyond[skip] === next; skip += 1) next += 1;
    return { state, used, first: next, beyond: skip === 0 ? beyond : beyond.slice(skip) };
  }

  /** Seen before, with the same unknown ones used or fewer. */
  #isSuperfluous({ state, first, beyond, used }: Configuration): boolean {
    const key = `${state};${first};${beyond.join()}`;
    const seen = this.#seen.get(key) ?? [];
    if (seen.some((other) => (other & used) === other)) return true;
    this.#seen.set(key, [...seen.filter((other) => (other & used) !== used), used]);
    return false;
  }
}

/**
 * @param operations of one part of a history, in order of invocation
 * @param model of that part
 * @param budget counted down; 'undecided' when it is used up
 */
export function searchLinearization(operations: readonly Operation[], model: NamespaceModel, budget: StepBudget): Linearization {
  return new Search(operations, model, budget).run();
}
