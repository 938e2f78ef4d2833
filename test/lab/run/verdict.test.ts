import { expect, test } from 'vitest';
import { judge } from '../../../src/lab/run/verdict.js';
import type { RunFindings } from '../../../src/lab/run/verdict.js';
import { BrokenGuarantees } from '../../../src/lab/workloads/broken-guarantees.js';
import { newCounters } from '../../../src/lab/workloads/workload-counters.js';

const findings = (ledger: BrokenGuarantees, mayHaveLost: boolean): RunFindings => ({
  counters: { ...newCounters(), filesAcked: 1, readsVerified: 1 },
  ledger,
  endChecks: { filesRead: 1, deletedChecked: 0, unanswered: [] },
  faults: [],
  mayHaveLost,
  mayHaveSplit: false,
  probes: [],
  leaders: [],
  agreement: { masters: 1, holds: true, detail: '' },
  doubts: [],
});

test('judge: a fault that may lose data excuses what is lost and what is there again, and never wrong bytes', () => {
  const ledger = new BrokenGuarantees();
  ledger.reportLost({ path: '/a' });
  ledger.reportBack('/b');
  expect(judge(findings(ledger, false)).verdict).toBe('fail');
  expect(judge(findings(ledger, true))).toEqual({ verdict: 'pass', reasons: [] });
  // Many lost files do not hide a wrong one, nor do they end the checks.
  ledger.allowLoss();
  for (let count = 0; count < 200; count++) ledger.reportLost({ path: `/lost-${count}` });
  expect(ledger.isHopeless).toBe(false);
  ledger.report({ invariant: 'no-corruption', path: '/c', detail: 'wrong bytes' });
  expect(judge(findings(ledger, true))).toEqual({ verdict: 'fail', reasons: ['no-corruption: /c: wrong bytes'] });
});

test('judge: without such a fault, a hundred lost files are enough', () => {
  const ledger = new BrokenGuarantees();
  for (let count = 0; count < 100; count++) ledger.reportLost({ path: `/lost-${count}` });
  expect(ledger.isHopeless).toBe(true);
});
