/** Judges a run from what was seen in it. Pure. */
import type { Verdict } from '../checkers/check-result.js';
import type { LeaderFact } from '../checkers/run-facts.js';
import { sharedTerms } from '../checkers/shared-terms.js';
import type { EndChecks } from './end-checks.js';
import { shortfallText } from './fault-record.js';
import type { FaultRecord } from './fault-runner.js';
import type { Agreement } from './group-notes.js';
import type { Invariant } from '../workloads/invariants.js';
import type { BrokenGuarantees } from '../workloads/broken-guarantees.js';
import type { WorkloadPace } from './workload-runner.js';
import type { WorkloadCounters } from '../workloads/workload-counters.js';

export interface ProbeResult {
  /** eventually: a guarantee of the file system. sometimes: proof that the run showed what it is about. */
  readonly kind: 'eventually' | 'sometimes';
  /** As written in the scenario. */
  readonly probe: string;
  readonly holds: boolean;
  /** The figure at the end. */
  readonly detail: string;
}

export interface RunFindings {
  readonly counters: Readonly<WorkloadCounters>;
  /** What each workload was asked for and what it did. Default: not observed. */
  readonly paces?: readonly WorkloadPace[];
  readonly ledger: Pick<BrokenGuarantees, 'broken' | 'brokenCount'>;
  readonly endChecks: EndChecks;
  readonly faults: readonly FaultRecord[];
  /** One of the faults may lose acknowledged data: what is lost, or there again, does not count. */
  readonly mayHaveLost: boolean;
  /** One of these faults was of a master: that masters disagree, or led in one term, does not count either. */
  readonly mayHaveSplit: boolean;
  readonly probes: readonly ProbeResult[];
  /** Every master that was seen to lead. */
  readonly leaders: readonly LeaderFact[];
  /** Of the masters, at the end. */
  readonly agreement: Agreement;
  /** What went wrong with the run itself, so that it proves less than it should. */
  readonly doubts: readonly string[];
}

export interface Judgement {
  readonly verdict: Verdict;
  /** Why it is not "pass": one line each. */
  readonly reasons: readonly string[];
}

const REASONS_MAX = 20;

/** A broken guarantee is a failure whatever else happened; a run that proves nothing is not a success. */
export function judge(facts: RunFindings): Judgement {
  const isExcused = (invariant: Invariant): boolean => facts.mayHaveLost && invariant !== 'no-corruption';
  const failures = [
    ...facts.ledger.broken
      .filter(({ invariant }) => !isExcused(invariant))
      .map(({ invariant, path, detail }) => `${invariant}: ${path}: ${detail}`),
    ...(facts.mayHaveSplit ? [] : sharedTerms(facts.leaders).map((what) => `one-leader-per-term: ${what}`)),
    ...(facts.agreement.holds || facts.mayHaveSplit ? [] : [`masters-agree: ${facts.agreement.detail}`]),
    ...facts.probes
      .filter((probe) => probe.kind === 'eventually' && !probe.holds)
      .map(({ probe, detail }) => `eventually "${probe}" did not come true: ${detail}`),
  ];
  const doubts = [
    ...(facts.counters.filesAcked === 0 ? ['no file was acknowledged'] : []),
    ...(facts.counters.filesAcked > 0 && facts.counters.readsVerified + facts.endChecks.filesRead === 0
      ? ['no file was read back']
      : []),
    ...facts.probes
      .filter((probe) => probe.kind === 'sometimes' && !probe.holds)
      .map(({ probe }) => `"${probe}" was never true: the run does not show what it is about`),
    ...facts.faults
      .filter((record) => record.effect !== 'seen' && record.effect !== 'passed')
      .map((record) => {
        const { fault, evidence } = record;
        const nodes = fault.nodes.length === 0 ? '' : ` ${fault.nodes.join(', ')}`;
        return `${fault.action}${nodes} at ${(fault.atMs / 1_000).toFixed(1)}s ${shortfallText(record)}: ${evidence}`;
      }),
    ...facts.endChecks.unanswered,
    ...facts.doubts,
  ];
  const verdict = failures.length > 0 ? 'fail' : doubts.length > 0 ? 'unknown' : 'pass';
  const all = [...failures, ...doubts];
  const reasons = all.slice(0, REASONS_MAX);
  const unkept = facts.mayHaveLost ? 0 : facts.ledger.brokenCount - facts.ledger.broken.length;
  const hidden = all.length - reasons.length + unkept;
  return { verdict, reasons: hidden > 0 ? [...reasons, `and ${hidden} more`] : reasons };
}
