/** All checkers together: fail before unknown before pass. */
import type { Operation } from '../history/operation.js';
import { resultOf, worst } from './check-result.js';
import type { CheckResult, Verdict } from './check-result.js';
import { checkDurability, checkExactlyOnce, checkIntegrity, checkNoResurrection } from './content-guarantees.js';
import { checkLinearizability } from './linearizability.js';
import { withWholeReads } from './range-reads.js';
import { leadersByTerm, sharedTerms } from './shared-terms.js';
import type { AcknowledgedFacts, FinalState, LeaderFact, MinorityFacts, RunFacts } from './run-facts.js';

/** Promise 6: a master on a minority side answers nothing that it is asked there. Unknown when nobody asked it. */
export function checkMinority({ tried, acknowledged }: MinorityFacts): CheckResult {
  const violations = acknowledged.map(({ master, method, cutOffMs }) => ({
    operationIds: [],
    message: `acknowledged by a minority: ${master} answered ${method} ${cutOffMs} ms after it was cut off from a majority`,
  }));
  return resultOf('minority-acknowledges-nothing', violations, tried, 'requests to a master on a minority side');
}

/** Promise 4: at most one leader a term. */
export function checkLeaders(leaders: readonly LeaderFact[]): CheckResult {
  const violations = sharedTerms(leaders).map((message) => ({ operationIds: [], message }));
  return resultOf('one-leader-per-term', violations, leadersByTerm(leaders).size, 'terms with a leader');
}

/** Promise 7: after the last fault all copies are back, nothing is left over, and all masters agree. */
export function checkConvergence(final: FinalState | undefined): CheckResult {
  const checker = 'convergence';
  if (final === undefined) return { checker, verdict: 'unknown', detail: 'nobody looked at the end', violations: [] };
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

/** A fault without effect proves nothing, and neither does a run that went wrong itself. */
export function checkProof({ faults, doubts }: RunFacts): CheckResult {
  const idle = faults.filter(({ effects }) => effects === 0).map(({ fault }) => `${fault} had no effect`);
  const reasons = [...idle, ...doubts];
  const detail = reasons.length === 0 ? `${faults.length} of ${faults.length} faults had effect` : reasons.join('; ');
  return { checker: 'proof', verdict: reasons.length === 0 ? 'pass' : 'unknown', detail, violations: [] };
}

/** Acknowledged means durable, on as many disks as promised, at that moment and not some time later. */
export function checkAcknowledged({ looked, short }: AcknowledgedFacts): CheckResult {
  const violations = short.map(({ path, byteOffset, copies, wanted }) => ({
    operationIds: [],
    message: `acknowledged with too few copies: of ${path} from byte ${byteOffset} on, ${copies} of ${wanted} were durable`,
  }));
  return resultOf('durable-when-acknowledged', violations, looked, 'acknowledgements looked at on the disks');
}

export interface HistoryJudgement {
  readonly verdict: Verdict;
  readonly checks: readonly CheckResult[];
}

/**
 * The promise of minorities is judged when a master on such a side was asked, that of leaders when they were noted; a run in which
 * that did not happen makes no statement about them, and the list shows it.
 * @param told in order of invocation
 */
export function judgeHistory(told: readonly Operation[], facts: RunFacts): HistoryJudgement {
  const history = withWholeReads(told);
  const { minority, leaders, acknowledged, final } = facts;
  const checks = [
    checkDurability(history),
    checkIntegrity(history),
    checkLinearizability(history),
    checkExactlyOnce(history),
    checkNoResurrection(history),
    ...(minority === undefined || minority.tried === 0 ? [] : [checkMinority(minority)]),
    ...(leaders === undefined ? [] : [checkLeaders(leaders)]),
    // A scenario may have no files that are safe to look at.
    ...(acknowledged === undefined || acknowledged.looked === 0 ? [] : [checkAcknowledged(acknowledged)]),
    checkConvergence(final),
    checkProof(facts),
  ];
  return { verdict: worst(checks.map(({ verdict }) => verdict)), checks };
}
