/** All checkers together: fail before unknown before pass. */
import type { Operation } from '../history/operation.js';
import { resultOf, worst } from './check-result.js';
import type { CheckResult, Verdict } from './check-result.js';
import { checkDurability, checkExactlyOnce, checkIntegrity, checkNoResurrection } from './content-promises.js';
import { describeOperation } from './describe-operation.js';
import { checkLinearizability } from './linearizability.js';
import type { FinalState, MinorityInterval, RunFacts } from './run-facts.js';

const LOOKS: readonly string[] = ['read', 'stat', 'list'];

/** Promise 6: nothing that began and ended on a minority side is acknowledged. Unknown when nobody tried. */
export function checkMinority(history: readonly Operation[], minorities: readonly MinorityInterval[]): CheckResult {
  const tried = history.filter(
    ({ kind, client, invokedMs, completedMs }) =>
      !LOOKS.includes(kind) &&
      minorities.some(
        ({ fromMs, toMs, clients }) => clients.includes(client) && invokedMs >= fromMs && (completedMs ?? Infinity) <= toMs,
      ),
  );
  const violations = tried
    .filter(({ outcome }) => outcome === 'ok')
    .map((operation) => ({
      operationIds: [operation.id],
      message: `acknowledged by a minority: ${describeOperation(operation)}`,
    }));
  return resultOf('minority-acknowledges-nothing', violations, tried.length, 'mutations tried on a minority side');
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

export interface HistoryJudgement {
  readonly verdict: Verdict;
  readonly checks: readonly CheckResult[];
}

/** @param history in order of invocation */
export function judgeHistory(history: readonly Operation[], facts: RunFacts): HistoryJudgement {
  const checks = [
    checkDurability(history),
    checkIntegrity(history),
    checkLinearizability(history),
    checkExactlyOnce(history),
    checkNoResurrection(history),
    ...(facts.minorities === undefined ? [] : [checkMinority(history, facts.minorities)]),
    checkConvergence(facts.final),
    checkProof(facts),
  ];
  return { verdict: worst(checks.map(({ verdict }) => verdict)), checks };
}
