import { expect, test } from 'vitest';
import type { RunClock } from '../../../src/lab/workloads/run-clock.js';
import { GroupNotes, lookForAgreement } from '../../../src/lab/run/group-notes.js';
import { judge } from '../../../src/lab/run/verdict.js';
import type { RunFindings } from '../../../src/lab/run/verdict.js';
import { BrokenGuarantees } from '../../../src/lab/workloads/broken-guarantees.js';
import { newCounters } from '../../../src/lab/workloads/workload-counters.js';
import type { ClusterStatus, MemberStatus, NodeState } from '../../../src/supervisor/api/cluster-status.js';
import { FakeCluster } from '../scenario/fake-world.js';

type Place = Partial<MemberStatus> & { readonly state?: NodeState };

/** A cluster whose masters are in these places, look after look. */
function clusterAt(...looks: readonly (readonly Place[])[]): { status(): Promise<ClusterStatus> } {
  let look = 0;
  return {
    status: async () => {
      const places = looks[Math.min(look, looks.length - 1)] ?? [];
      look += 1;
      const status = await new FakeCluster('', 1, {}, places.length).status();
      const nodes = status.nodes.map((node, at) => {
        if (node.member === null) return node;
        const { state = 'live', ...member } = places[at] ?? {};
        return { ...node, state, member: { ...node.member, ...member } };
      });
      return { ...status, nodes };
    },
  };
}

function fakeClock(): RunClock {
  let nowMs = 0;
  return { nowMs: () => nowMs, sleep: async (ms) => void (nowMs += ms) };
}

const look = (control: { status(): Promise<ClusterStatus> }): ReturnType<typeof lookForAgreement> =>
  lookForAgreement(control, fakeClock(), new AbortController().signal);

test('lookForAgreement: masters agree when all that live hold the same at the same place', async () => {
  const same = { appliedIndex: 7, stateDigest: 'a' };
  expect(await look(clusterAt([same, same, same]))).toEqual({ masters: 3, holds: true, detail: '3 masters at index 7' });
  const dead = { ...same, stateDigest: 'b', state: 'stopped', role: null } as const;
  expect(await look(clusterAt([same, same, dead]))).toMatchObject({ masters: 2, holds: true });
  expect(await look(clusterAt([same, { ...same, appliedIndex: 6 }], [same, same]))).toMatchObject({ holds: true });
});

test('lookForAgreement: another state at the same place, or one that stays behind, is no agreement', async () => {
  const first = { appliedIndex: 7, stateDigest: 'a' };
  expect(await look(clusterAt([first, { appliedIndex: 7, stateDigest: 'b' }]))).toEqual({
    masters: 2,
    holds: false,
    detail: 'different after 10s: m-1 a at index 7, m-2 b at index 7',
  });
  expect(await look(clusterAt([first, { appliedIndex: 6, stateDigest: 'a' }]))).toMatchObject({ holds: false });
});

test('GroupNotes remembers every leader once, also the one before the run; two of one term break a promise', async () => {
  const notes = new GroupNotes();
  notes.begin(await new FakeCluster('', 1, {}, 3).status());
  notes.observe({ event: 'leader', atMs: 1, node: 'm-1', term: 1 });
  notes.observe({ event: 'leader', atMs: 2, node: 'm-2', term: 2 });
  expect(notes.leaders).toEqual([
    { term: 1, node: 'm-1' },
    { term: 2, node: 'm-2' },
  ]);
  const facts: RunFindings = {
    counters: { ...newCounters(), filesAcked: 1, readsVerified: 1 },
    ledger: new BrokenGuarantees(),
    endChecks: { filesRead: 1, deletedChecked: 0, unanswered: [] },
    faults: [],
    mayHaveLost: false,
    mayHaveSplit: false,
    probes: [],
    leaders: notes.leaders,
    agreement: { masters: 3, holds: true, detail: '' },
    doubts: [],
  };
  expect(judge(facts)).toEqual({ verdict: 'pass', reasons: [] });
  notes.observe({ event: 'leader', atMs: 3, node: 'm-3', term: 2 });
  expect(judge({ ...facts, leaders: notes.leaders })).toEqual({
    verdict: 'fail',
    reasons: ['one-leader-per-term: m-2 and m-3 led in term 2'],
  });
  const differ = { masters: 2, holds: false, detail: 'm-1 a, m-2 b' };
  expect(judge({ ...facts, agreement: differ })).toEqual({ verdict: 'fail', reasons: ['masters-agree: m-1 a, m-2 b'] });
  // A fault that may lose data excuses both when it was of a master, and neither when it was of datanodes.
  const excused = { ...facts, leaders: notes.leaders, agreement: differ, mayHaveLost: true };
  expect(judge(excused)).toMatchObject({ verdict: 'fail', reasons: { length: 2 } });
  expect(judge({ ...excused, mayHaveSplit: true })).toEqual({ verdict: 'pass', reasons: [] });
});
