/** The last word of a run: its verdict with the table of checks behind it. Pure. */
import { leadersByTerm, sharedTerms } from '../checkers/shared-terms.js';
import type { CheckRow } from './check-row.js';
import type { VerdictEvent } from './run-events.js';
import type { RunOutcome } from './scenario-run.js';
import type { LeaderFact } from '../checkers/run-facts.js';
import type { Scenario } from '../scenario/model/scenario.js';
import { runNotes } from './run-notes.js';
import { judge } from './verdict.js';

/** Exit codes of `lab run` and `lab sim`. */
export const EXIT = { pass: 0, fail: 1, unknown: 2, badFile: 254, labFailed: 255, interrupted: 130 } as const;

function leaderRow(leaders: readonly LeaderFact[]): CheckRow {
  const shared = sharedTerms(leaders);
  const terms = leadersByTerm(leaders).size;
  const detail = shared.length > 0 ? shared.join('; ') : `${terms} term${terms === 1 ? '' : 's'} with a leader`;
  return { check: 'one-leader-per-term', kind: 'promise', holds: shared.length === 0, detail };
}

/** Judges a run. */
export function verdictEvent(scenario: Scenario, seed: number, { facts, elapsedMs }: RunOutcome): VerdictEvent {
  const { verdict, reasons } = judge(facts);
  const { filesAcked, bytesAcked, readsVerified, filesDeleted, errors } = facts.counters;
  const seen = facts.faults.filter((record) => record.effect === 'seen').length;
  const passed = facts.faults.filter((record) => record.effect === 'passed').length;
  const struck = facts.faults.length - passed;
  const brokenIn = (invariant: string): number => facts.ledger.broken.filter((broken) => broken.invariant === invariant).length;
  const { mayHaveLost, mayHaveSplit } = facts;
  const row = (check: string, broken: number, good: string): CheckRow => {
    return { check, kind: 'promise', holds: broken === 0, detail: broken === 0 ? good : `broken for ${broken} files` };
  };
  const excusable = (one: CheckRow, isExcused: boolean): CheckRow =>
    one.holds || !isExcused ? one : { ...one, holds: true, detail: `${one.detail}: a fault of this run may lose data` };
  const checks: CheckRow[] = [
    excusable(
      row('acked-files-readable', brokenIn('acked-files-readable'), `${facts.endChecks.filesRead} files read back at the end`),
      mayHaveLost,
    ),
    row('no-corruption', brokenIn('no-corruption'), `${readsVerified + facts.endChecks.filesRead} reads compared by sha256`),
    excusable(
      row('deleted-stay-deleted', brokenIn('deleted-stay-deleted'), `${facts.endChecks.deletedChecked} files looked for`),
      mayHaveLost,
    ),
    excusable(leaderRow(facts.leaders), mayHaveSplit),
    excusable(
      { check: 'masters-agree', kind: 'promise', holds: facts.agreement.holds, detail: facts.agreement.detail },
      mayHaveSplit,
    ),
    ...facts.probes.map(({ kind, probe, holds, detail }) => ({
      check: `${kind} ${probe}`,
      kind: kind === 'eventually' ? ('promise' as const) : ('proof' as const),
      holds,
      detail,
    })),
    {
      check: 'faults had effect',
      kind: 'proof',
      holds: seen === struck,
      detail: `${seen} of ${struck}${passed > 0 ? `, ${passed} had nothing to affect` : ''}`,
    },
  ];
  const notes = runNotes(facts);
  return {
    event: 'verdict',
    verdict,
    exitCode: EXIT[verdict],
    scenario: scenario.name,
    seed,
    elapsedMs,
    reasons,
    checks,
    filesAcked,
    bytesAcked,
    readsVerified,
    filesDeleted,
    errors,
    ...(notes.length === 0 ? {} : { notes }),
    faults: { planned: facts.faults.length, seen, passed },
  };
}
