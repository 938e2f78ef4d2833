/** Two judges of one run: the run itself, from what its workload and probes saw, and the checkers, from its history. The worse counts. */
import { worst } from '../checkers/check-result.js';
import type { CheckResult, Verdict } from '../checkers/check-result.js';
import { judgeHistory } from '../checkers/judge-history.js';
import type { FinalState, RunFacts } from '../checkers/run-facts.js';
import type { Operation } from '../history/operation.js';
import { rowResult } from './run-results.js';
import { faultSummary } from '../run/run-events.js';
import type { VerdictEvent } from '../run/run-events.js';
import type { RunOutcome } from '../run/scenario-run.js';
import { EXIT } from '../run/verdict-event.js';

/** Of a violation: the rest stands in results.json. */
const REASON_LINES_MAX = 3;
const REASON_LINE_CHARS_MAX = 300;
/** Says of faults what the run's own doubts say. */
const PROOF = 'proof';

export interface JudgedRun {
  /** The worse of the two. */
  readonly verdict: VerdictEvent;
  readonly facts: RunFacts;
  /** By the checkers, whose verdict they are. */
  readonly checks: readonly CheckResult[];
  readonly historyVerdict: Verdict;
}

/** What was seen beside the run itself. */
export interface SeenFacts extends Pick<RunFacts, 'acknowledged' | 'minority'> {
  readonly final: FinalState;
}

/** Something that did not pass. */
export interface FailedCheck {
  readonly checker: string;
  readonly verdict: Verdict;
}

function factsOf({ facts: { faults, doubts, leaders } }: RunOutcome, seen: SeenFacts): RunFacts {
  return {
    // A strike of the nemesis that met nothing proves nothing and spoils nothing.
    faults: faults
      .filter(({ effect }) => effect !== 'passed')
      .map(({ fault, effect, effects }) => ({
        fault: faultSummary(fault),
        effects: effect === 'seen' ? Math.max(1, effects) : 0,
      })),
    doubts,
    ...(leaders.length === 0 ? {} : { leaders }),
    ...seen,
  };
}

function reasonOf({ checker, verdict, detail, violations }: CheckResult): string {
  const [first] = violations;
  if (verdict !== 'fail' || first === undefined) return `${checker}: ${detail}`;
  const lines = first.message.split('\n').map((line) => line.slice(0, REASON_LINE_CHARS_MAX));
  const more = violations.length > 1 ? ` (and ${violations.length - 1} more)` : '';
  return `${checker}: ${lines.slice(0, REASON_LINES_MAX).join('\n')}${more}`;
}

/** What the checkers found that the run itself did not say. */
function reasonsOf(own: VerdictEvent, checks: readonly CheckResult[]): string[] {
  const isNews = ({ checker, verdict }: CheckResult): boolean =>
    verdict === 'fail' || (verdict === 'unknown' && own.verdict !== 'fail' && (checker !== PROOF || own.verdict === 'pass'));
  return checks.filter(isNews).map(reasonOf);
}

/**
 * @param own what the run itself judged
 * @param history in order of invocation
 */
export function judgeRun(own: VerdictEvent, outcome: RunOutcome, seen: SeenFacts, history: readonly Operation[]): JudgedRun {
  const facts = factsOf(outcome, seen);
  const { verdict: historyVerdict, checks } = judgeHistory(history, facts);
  const verdict = worst([own.verdict, historyVerdict]);
  const reasons = [...own.reasons, ...reasonsOf(own, checks)];
  return { verdict: { ...own, verdict, exitCode: EXIT[verdict], reasons }, facts, checks, historyVerdict };
}

/** Everything that did not pass, of both judges: the run's own rows first. */
export function failedChecks({ verdict, checks }: Pick<JudgedRun, 'verdict' | 'checks'>): FailedCheck[] {
  return [...verdict.checks.map(rowResult), ...checks]
    .filter((check) => check.verdict !== 'pass')
    .map((check) => ({ checker: check.checker, verdict: check.verdict }));
}
