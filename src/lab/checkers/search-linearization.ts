/**
 * Looks for an order of operations that explains every outcome: the search of Wing and Gong ("Testing and Verifying Concurrent
 * Objects", 1993) with the memory of seen configurations of Lowe ("Testing for Linearizability", 2017), as Porcupine does it. A
 * configuration is the set of operations that took effect and the state they led to.
 *
 * What keeps it small:
 * - A read or a refusal that the present state explains is taken at once, because it never changes anything. (This is not true for
 *   a change that makes no difference now: later it might make one.)
 * - An operation of unknown outcome may never take effect. Of two configurations that differ only in those, the one that used fewer
 *   makes the other superfluous. Of several unknown operations that do the same, the one with the earliest invocation is taken
 *   first.
 * - An operation of unknown outcome may also take effect arbitrarily late. The search therefore tries it only right before a
 *   dependent operation of known outcome, or before another unknown operation of which this is true: every other position could be
 *   swapped to a later one (the independence of Mazurkiewicz traces, as used in partial order reduction).
 */
import { isLook } from '../history/operation.js';
import type { Operation } from '../history/operation.js';
import type { NamespaceModel } from './namespace-model.js';
import type { BitSet, Progress, UnknownOperations } from './unknown-operations.js';

export type Linearization = 'linearizable' | 'impossible' | 'undecided';

/** Steps that a search may still take; shared by the searches of one check. A step tries one operation in one configuration. */
export interface StepBudget {
  left: number;
}

/** Unknown operations that are tried in a row. More are tried only if there is no order with fewer. */
const RUNS_MAX: readonly number[] = [1, 3, Infinity];

interface Configuration extends Progress {
  readonly state: number;
  /** The unknown operations that took effect. */
  readonly used: BitSet;
}

/** Unknown operations in a row, followed by a known one. */
interface Run {
  readonly state: number;
  readonly used: BitSet;
  /** Kinds of the operations that have no dependent operation yet. */
  readonly pending: BitSet;
}

interface Candidates {
  /** Numbers of known operations that may be next, ordered by return time. */
  readonly known: readonly number[];
  /** The earliest return among them: an operation with a later invocation cannot be next. */
  readonly untilMs: number;
}

interface Task {
  readonly at: Configuration;
  /** Everything that needs no unknown operation was tried. */
  readonly isStuck: boolean;
}

const changesNothing = (operation: Operation): boolean => operation.outcome === 'fail' || isLook(operation);

/** Whether every operation of `few` is in `many`. */
const isIn = (few: BitSet, many: BitSet): boolean => (few & many) === few;

class Search {
  readonly #model: NamespaceModel;
  readonly #budget: StepBudget;
  readonly #known: readonly Operation[];
  readonly #unknown: UnknownOperations;
  readonly #runMax: number;
  /** By everything but `used`: the smallest sets of used unknown operations seen. */
  readonly #seen = new Map<string, BitSet[]>();
  /** By digest: the last known operation that reads it. */
  readonly #lastReads: ReadonlyMap<string, number>;
  /** True when a row of unknown operations was not followed to its end. */
  #isCut = false;

  constructor(
    known: readonly Operation[],
    unknown: UnknownOperations,
    model: NamespaceModel,
    budget: StepBudget,
    runMax: number,
  ) {
    this.#model = model;
    this.#budget = budget;
    this.#known = known;
    this.#unknown = unknown;
    this.#runMax = runMax;
    this.#lastReads = new Map(
      known.flatMap(({ kind, sha256 }, index) => (kind === 'read' && sha256 !== undefined ? [[sha256, index]] : [])),
    );
  }

  get isCut(): boolean {
    return this.#isCut;
  }

  run(): Linearization {
    const tasks: Task[] = [{ at: { state: this.#model.initial, first: 0, beyond: [], used: 0n }, isStuck: false }];
    for (let task = tasks.pop(); task !== undefined; task = tasks.pop()) {
      if (this.#budget.left < 0) return 'undecided';
      // The last one pushed is tried first: a known operation with an early return, or a short row.
      if (task.isStuck) {
        tasks.push(...this.#afterRuns(task.at).reverse());
        continue;
      }
      const settled = this.#forget(this.#settle(task.at));
      if (settled.first === this.#known.length) return 'linearizable';
      if (this.#budget.left < 0) return 'undecided';
      if (this.#isSuperfluous(settled)) continue;
      tasks.push({ at: settled, isStuck: true }, ...this.#successors(settled).reverse());
    }
    return 'impossible';
  }

  /** Takes all reads and refusals that the state explains. */
  #settle(from: Configuration): Configuration {
    let at = from;
    for (;;) {
      const idle = this.#candidates(at).known.find((index) => {
        const operation = this.#at(index);
        return changesNothing(operation) && this.#step(at.state, operation) !== undefined;
      });
      if (idle === undefined || this.#budget.left < 0) return at;
      at = this.#withKnown(at, idle, at.state);
    }
  }

  /** Contents that are not read any more matter only for the number of states, and only with unknown operations. */
  #forget(at: Configuration): Configuration {
    if (this.#unknown.isEmpty) return at;
    return { ...at, state: this.#model.forget(at.state, (sha256) => (this.#lastReads.get(sha256) ?? -1) < at.first) };
  }

  /** The configurations after one known operation. */
  #successors(at: Configuration): Task[] {
    return this.#candidates(at).known.flatMap((index) => {
      const state = this.#step(at.state, this.#at(index));
      return state === undefined ? [] : [{ at: this.#withKnown(at, index, state), isStuck: false }];
    });
  }

  /** The configurations after unknown operations and a dependent known one; those after fewer unknown operations come first. */
  #afterRuns(at: Configuration): Task[] {
    const { known, untilMs } = this.#candidates(at);
    const goals = known.map((index) => this.#at(index));
    const found: Task[] = [];
    const seen = new Map<number, Run[]>([[at.state, [{ state: at.state, used: at.used, pending: 0n }]]]);
    let runs: readonly Run[] = [{ state: at.state, used: at.used, pending: 0n }];
    for (let length = 1; runs.length > 0; length += 1) {
      const longer: Run[] = [];
      for (const run of runs) longer.push(...this.#extensions(at, run, untilMs, goals, seen));
      if (longer.length > 0 && length > this.#runMax) {
        this.#isCut = true;
        return found;
      }
      for (const run of longer) found.push(...this.#ends(at, run, known));
      if (this.#budget.left < 0) return found;
      runs = longer;
    }
    return found;
  }

  #extensions(at: Configuration, run: Run, untilMs: number, goals: readonly Operation[], seen: Map<number, Run[]>): Run[] {
    return this.#unknown.candidates(at, run.used, untilMs, goals).flatMap(({ operation, bit, kind }) => {
      const state = this.#step(run.state, operation);
      if (state === undefined || state === run.state) return [];
      const longer = { state, used: run.used | bit, pending: (run.pending & ~kind.dependsOn) | kind.bit };
      const others = seen.get(state) ?? [];
      if (others.some(({ used, pending }) => isIn(used, longer.used) && isIn(pending, longer.pending))) return [];
      others.push(longer);
      seen.set(state, others);
      return [longer];
    });
  }

  #ends(at: Configuration, { state: before, used, pending }: Run, known: readonly number[]): Task[] {
    return known.flatMap((index) => {
      if (!isIn(pending, this.#unknown.dependsOn(this.#at(index)))) return [];
      const state = this.#step(before, this.#at(index));
      return state === undefined ? [] : [{ at: this.#withKnown({ ...at, used }, index, state), isStuck: false }];
    });
  }

  #step(state: number, operation: Operation): number | undefined {
    this.#budget.left -= 1;
    return this.#model.step(state, operation);
  }

  /** An operation may be next unless an operation that has not taken effect returned before its invocation. */
  #candidates({ first, beyond }: Progress): Candidates {
    const known: number[] = [];
    let untilMs = Infinity;
    let skip = 0;
    for (let index = first; index < this.#known.length; index += 1) {
      if (beyond[skip] === index) {
        skip += 1;
        continue;
      }
      const { invokedMs, completedMs } = this.#at(index);
      if (invokedMs > untilMs) break;
      known.push(index);
      untilMs = Math.min(untilMs, completedMs ?? Infinity);
    }
    return { known: known.sort((a, b) => (this.#at(a).completedMs ?? 0) - (this.#at(b).completedMs ?? 0)), untilMs };
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

  /** Whether the configuration was seen before, with the same used unknown operations or fewer. */
  #isSuperfluous({ state, first, beyond, ...at }: Configuration): boolean {
    const used = at.used & ~this.#unknown.over(first);
    const key = `${state};${first};${beyond.join()}`;
    const seen = this.#seen.get(key) ?? [];
    if (seen.some((other) => isIn(other, used))) return true;
    this.#seen.set(key, [...seen.filter((other) => !isIn(used, other)), used]);
    return false;
  }
}

/**
 * @param known operations of one part of a history, in order of invocation
 * @param unknown its operations of unknown outcome
 * @param model of that part
 * @param budget counted down; the result is 'undecided' when it reaches 0
 */
export function searchLinearization(
  known: readonly Operation[],
  unknown: UnknownOperations,
  model: NamespaceModel,
  budget: StepBudget,
): Linearization {
  for (const runMax of RUNS_MAX) {
    const search = new Search(known, unknown, model, budget, runMax);
    const found = search.run();
    if (found !== 'impossible' || !search.isCut) return found;
  }
  return 'impossible';
}
