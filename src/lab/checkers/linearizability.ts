/** Guarantee 3: operations on the namespace take effect one after the other, each between its invocation and its answer. */
import { isLook } from '../history/operation.js';
import type { Operation } from '../history/operation.js';
import { resultOf } from './check-result.js';
import type { CheckResult, Violation } from './check-result.js';
import { describeOperation } from './describe-operation.js';
import { NamespaceModel, UNSEEN } from './namespace-model.js';
import { partitionOperations } from './partition-operations.js';
import type { HistoryPart } from './partition-operations.js';
import { PathTable } from './path-table.js';
import { searchLinearization } from './search-linearization.js';
import type { Linearization } from './search-linearization.js';
import { settledTimes } from './settled-operations.js';
import { UnknownOperations } from './unknown-operations.js';

export interface LinearizabilityLimits {
  /** Steps of the search in one part of the history, at most. */
  readonly stepsPerPartMax: number;
  /** Steps of all searches together, at most. */
  readonly stepsMax: number;
}

const LIMITS: LinearizabilityLimits = { stepsPerPartMax: 400_000, stepsMax: 2_000_000 };
/** Steps of each search for a counterexample, at most. When the limit is reached, a later answer is reported instead. */
const BLAME_STEPS_MAX = 100_000;
const CHECKER = 'linearizability';
/** Operations shown before the one that cannot be explained. */
const CONTEXT_MAX = 6;
/** After this many violations the search ends: further parts add nothing. */
const FAILING_PARTS_MAX = 10;

const completedAt = ({ completedMs }: Operation): number => completedMs ?? Infinity;

class Check {
  #stepsLeft: number;
  readonly #limits: LinearizabilityLimits;
  readonly #settledMs: ReadonlyMap<number, number>;

  /** @param settledMs time at which an operation of unknown outcome is settled, by id */
  constructor(limits: LinearizabilityLimits, settledMs: ReadonlyMap<number, number>) {
    this.#limits = limits;
    this.#settledMs = settledMs;
    this.#stepsLeft = limits.stepsMax;
  }

  search(part: HistoryPart, operations: readonly Operation[], stepsMax = this.#limits.stepsPerPartMax): Linearization {
    const allowed = Math.min(stepsMax, this.#stepsLeft);
    const budget = { left: allowed };
    const paths = new PathTable(part.paths, part.fixed);
    const [unknown, known] = partition(withoutUnseen(operations), ({ outcome }) => outcome === 'unknown');
    const model = new NamespaceModel(paths, part.directories);
    const found = searchLinearization(known, new UnknownOperations(unknown, known, this.#settledMs, paths), model, budget);
    this.#stepsLeft -= allowed - budget.left;
    return found;
  }

  /**
   * The first answer after which no order is possible; all answers before it can be explained without it.
   * (A prefix of a linearizable history is linearizable, so that bisection finds the answer.)
   */
  counterexample(part: HistoryPart): Violation {
    const answers = part.operations
      .filter(({ outcome }) => outcome !== 'unknown')
      .sort((a, b) => completedAt(a) - completedAt(b));
    let possible = 0;
    let impossible = answers.length;
    while (impossible - possible > 1) {
      const middle = (possible + impossible) >> 1;
      if (this.search(part, prefix(part.operations, answers, middle), BLAME_STEPS_MAX) === 'impossible') impossible = middle;
      else possible = middle;
    }
    const culprit = answers[impossible - 1];
    return culprit === undefined
      ? { operationIds: [], message: 'no order explains the history' }
      : explain(part.operations, culprit);
  }
}

/** Merges contents that are never read: writes of such contents differ only in their times. */
function withoutUnseen(operations: readonly Operation[]): Operation[] {
  const seen = new Set(operations.filter(({ kind, outcome }) => kind === 'read' && outcome === 'ok').map(({ sha256 }) => sha256));
  return operations.map((operation) => (seen.has(operation.sha256) ? operation : { ...operation, sha256: UNSEEN }));
}

function partition<T>(items: readonly T[], isFirst: (item: T) => boolean): [T[], T[]] {
  return [items.filter(isFirst), items.filter((item) => !isFirst(item))];
}

/** The history as known after the first `count` answers. */
function prefix(operations: readonly Operation[], answers: readonly Operation[], count: number): Operation[] {
  const kept = new Set(answers.slice(0, count));
  const last = answers[count - 1];
  const untilMs = last === undefined ? 0 : completedAt(last);
  return operations
    .filter((operation) => kept.has(operation) || (operation.invokedMs <= untilMs && operation.outcome !== 'fail'))
    .filter((operation) => kept.has(operation) || !isLook(operation))
    .map((operation) => (kept.has(operation) ? operation : { ...operation, outcome: 'unknown' as const, completedMs: null }));
}

function explain(operations: readonly Operation[], culprit: Operation): Violation {
  const paths = [culprit.path, ...(culprit.toPath === undefined ? [] : [culprit.toPath])];
  const isNear = ({ path, toPath }: Operation): boolean =>
    culprit.kind === 'list' || paths.some((near) => path === near || toPath === near || near.startsWith(`${path}/`));
  const earlier = operations.filter(
    (operation) => operation !== culprit && operation.invokedMs <= completedAt(culprit) && isNear(operation),
  );
  const isChange = (operation: Operation): boolean => operation.outcome !== 'fail' && !isLook(operation);
  const changes = earlier.filter(isChange).slice(-CONTEXT_MAX);
  const looks = earlier.filter((operation) => !isChange(operation)).slice(-CONTEXT_MAX / 2);
  const context = [...changes, ...looks].sort((a, b) => a.invokedMs - b.invokedMs);
  const lines = context.map((operation) => `  ${describeOperation(operation)}`);
  return {
    operationIds: [...context.map(({ id }) => id), culprit.id],
    message: [
      `no order explains ${describeOperation(culprit)}`,
      ...(lines.length > 0 ? ['  after and concurrent with', ...lines] : []),
    ].join('\n'),
  };
}

/**
 * @param history in order of invocation
 * @returns the verdict unknown when the search would take too long, or when there is nothing to judge
 */
export function checkLinearizability(history: readonly Operation[], limits: LinearizabilityLimits = LIMITS): CheckResult {
  const parts = partitionOperations(history);
  if (parts === null)
    return { checker: CHECKER, verdict: 'unknown', detail: 'renamed directories lead to too many paths', violations: [] };
  const check = new Check(limits, settledTimes(history));
  const violations: Violation[] = [];
  let undecided = 0;
  for (const part of parts) {
    if (violations.length >= FAILING_PARTS_MAX) break;
    const found = check.search(part, part.operations);
    if (found === 'impossible') violations.push(check.counterexample(part));
    else if (found === 'undecided') undecided += 1;
  }
  const looked = parts.reduce((sum, { operations }) => sum + operations.length, 0);
  const result = resultOf(CHECKER, violations, looked, `operations in ${parts.length} independent parts`);
  if (undecided === 0 || result.verdict === 'fail') return result;
  return { ...result, verdict: 'unknown', detail: `${undecided} of ${parts.length} parts would take too long` };
}
