/** Runs all checkers on a history. */
import type { Operation } from '../history/operation.js';
import { resultOf, worst } from './check-result.js';
import type { CheckResult, Verdict } from './check-result.js';
import { checkDurability, checkExactlyOnce, checkIntegrity, checkNoResurrection } from './content-guarantees.js';
import { checkLinearizability } from './linearizability.js';
import { withWholeReads } from './range-reads.js';
import { leadersByTerm, sharedTerms } from './shared-terms.js';
import type { AcknowledgedFacts, FinalState, LeaderFact, MinorityFacts, RunFacts } from './run-facts.js';

/** Guarantee 6: a master on a minority side answers no request that arrives there. Unknown when no client sent such a request. */
export function checkMinority({ tried, acknowledged }: MinorityFacts): CheckResult {
  const violations = acknowledged.map(({ master, method, cutOffMs }) => ({
    operationIds: [],
    message: `acknowledged by a minority: ${master} answered ${method} ${cutOffMs} ms after it was cut off from a majority`,
  }));
  return resultOf('minority-acknowledges-nothing', violations, tried, 'requests to a master on a minority side');
}

/** Guarantee 4: at most one leader in a term. */
export function checkLeaders(leaders: readonly LeaderFact[]): CheckResult {
  const violations = sharedTerms(leaders).map((message) => ({ operationIds: [], message }));
  return resultOf('one-leader-per-term', violations, leadersByTerm(leaders).size, 'terms with a leader');
}

/** Guarantee 7: after the last fault all copies are restored, no garbage is left, and all masters have the same state. */
export function checkConvergence(final: FinalState | undefined): CheckResult {
  const checker = 'convergence';
  if (final === undefined) return { checker, verdict: 'unknown', detail: 'the final state was not examined', violations: [] };
  const { underReplicatedChunks, orphanReplicas, temporaryFiles, masterDigests } = final;
  const counts = [
    [underReplicatedChunks, 'chunks lack copies'],
    [orphanReplicas, 'orphan replicas are left'],
    [temporaryFiles, 'temporary files are left'],
    [new Set(masterDigests).size > 1 ? masterDigests.length : 0, 'masters have different states'],
  ] as const;
  const violations = counts.flatMap(([count, what]) => (count > 0 ? [{ operationIds: [], message: `${count} ${what}` }] : []));
  return resultOf(checker, violations, counts.length, 'conditions at the end');
}

/** Faults without effect prove nothing, and neither does a run with errors of its own. */
export function checkProof({ faults, doubts }: RunFacts): CheckResult {
  const idle = faults
    .filter(({ effects }) => effects === 0)
    .map(({ fault, refused }) => `${fault} ${refused === true ? 'was refused' : 'had no effect'}`);
  const reasons = [...idle, ...doubts];
  const detail = reasons.length === 0 ? `${faults.length} of ${faults.length} faults had effect` : reasons.join('; ');
  return { checker: 'proof', verdict: reasons.length === 0 ? 'pass' : 'unknown', detail, violations: [] };
}

/** An acknowledged write is durable at the moment of the acknowledgement, on as many disks as guaranteed. */
export function checkAcknowledged({ looked, short }: AcknowledgedFacts): CheckResult {
  const violations = short.map(({ path, byteOffset, copies, wanted }) => ({
    operationIds: [],
    message: `acknowledged with too few copies: of ${path} from byte ${byteOffset} on, ${copies} of ${wanted} were durable`,
  }));
  return resultOf('durable-when-acknowledged', violations, looked, 'acknowledgements examined on the disks');
}

export interface HistoryJudgement {
  readonly verdict: Verdict;
  readonly checks: readonly CheckResult[];
}

/**
 * Where a fault may have lost data, the run makes no statement about what was acknowledged: integrity is judged, over all lives of the
 * cluster, since no fault excuses bytes that were never written. The guarantee of minorities is judged when a master on such a side
 * received a request, that of leaders when leaders were recorded. Without that, the run makes no statement about the guarantee, and the
 * list omits the check.
 * @param recorded in order of invocation
 */
export function judgeHistory(recorded: readonly Operation[], facts: RunFacts): HistoryJudgement {
  const history = withWholeReads(recorded);
  if (facts.mayHaveLost === true) return judged([checkIntegrity(history), checkProof(facts)]);
  const { minority, leaders, acknowledged, final } = facts;
  return judged([
    checkDurability(history),
    checkIntegrity(history),
    checkLinearizability(history),
    checkExactlyOnce(history),
    checkNoResurrection(history),
    ...(minority === undefined || minority.tried === 0 ? [] : [checkMinority(minority)]),
    ...(leaders === undefined ? [] : [checkLeaders(leaders)]),
    // A scenario may have no files whose copies can be examined.
    ...(acknowledged === undefined || acknowledged.looked === 0 ? [] : [checkAcknowledged(acknowledged)]),
    checkConvergence(final),
    checkProof(facts),
  ]);
}

const judged = (checks: readonly CheckResult[]): HistoryJudgement => ({
  verdict: worst(checks.map(({ verdict }) => verdict)),
  checks,
});
