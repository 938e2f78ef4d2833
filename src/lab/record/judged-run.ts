/**
 * Combines two verdicts on a run: that of the run itself, from its workload and probes, and that of the checkers, from its history.
 */
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

/** Lines of a violation in a reason; results.json has all of them. */
const REASON_LINES_MAX = 3;
const REASON_LINE_CHARS_MAX = 300;
/** Checker that reports the same doubts about faults as the run itself. */
const PROOF = 'proof';

export interface JudgedRun {
  /** The worse of the two verdicts. */
  readonly verdict: VerdictEvent;
  readonly facts: RunFacts;
  /** Results of the checkers; `historyVerdict` is the verdict of these. */
  readonly checks: readonly CheckResult[];
  readonly historyVerdict: Verdict;
}

/** What was observed beside the run itself. */
export interface SeenFacts extends Pick<RunFacts, 'acknowledged' | 'minority'> {
  readonly final: FinalState;
}

/** A row or check that did not pass. */
export interface FailedCheck {
  readonly checker: string;
  readonly verdict: Verdict;
}

function factsOf({ facts: { faults, doubts, leaders, mayHaveLost } }: RunOutcome, seen: SeenFacts): RunFacts {
  return {
    // A fault of the nemesis without a target proves nothing, and does not weaken the run.
    faults: faults
      .filter(({ effect }) => effect !== 'passed')
      .map(({ fault, effect, effects, evidence, refused }) => ({
        fault: faultSummary(fault),
        effects: effect === 'seen' ? Math.max(1, effects) : 0,
        evidence,
        ...(refused && { refused }),
      })),
    doubts,
    ...(mayHaveLost ? { mayHaveLost } : {}),
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

/** Reasons from the results of the checkers that add something to the run's own verdict. */
function reasonsOf(own: VerdictEvent, checks: readonly CheckResult[]): string[] {
  const isNews = ({ checker, verdict }: CheckResult): boolean =>
    verdict === 'fail' || (verdict === 'unknown' && own.verdict !== 'fail' && (checker !== PROOF || own.verdict === 'pass'));
  return checks.filter(isNews).map(reasonOf);
}

/**
 * @param own verdict of the run itself
 * @param history in order of invocation
 */
export function judgeRun(own: VerdictEvent, outcome: RunOutcome, seen: SeenFacts, history: readonly Operation[]): JudgedRun {
  const facts = factsOf(outcome, seen);
  const { verdict: historyVerdict, checks } = judgeHistory(history, facts);
  const verdict = worst([own.verdict, historyVerdict]);
  const reasons = [...own.reasons, ...reasonsOf(own, checks)];
  return { verdict: { ...own, verdict, exitCode: EXIT[verdict], reasons }, facts, checks, historyVerdict };
}

/** Every row and check that did not pass, the run's own rows first. */
export function failedChecks({ verdict, checks }: Pick<JudgedRun, 'verdict' | 'checks'>): FailedCheck[] {
  return [...verdict.checks.map(rowResult), ...checks]
    .filter((check) => check.verdict !== 'pass')
    .map((check) => ({ checker: check.checker, verdict: check.verdict }));
}
