import { expect, test } from 'vitest';
import type { PlannedFault } from '../../../src/supervisor/api/fault.js';
import { FaultQueue } from '../../../src/lab/run/fault-queue.js';
import { runLateStep } from '../../../src/lab/run/late-steps.js';
import { planFaults } from '../../../src/lab/scenario/plan/schedule.js';
import { scenarioOf } from '../simulation/fixtures.js';
import { FakeCluster } from '../scenario/fake-world.js';

const scenario = (masters: number, step: string): ReturnType<typeof scenarioOf> =>
  scenarioOf(`apiVersion: lab/v1
kind: Scenario
cluster: { masters: ${masters}, datanodes: 3 }
workload: [{ type: write-verify, size: 1KiB }]
duration: 10s
steps:
  - ${step}
`);

/** What a step strikes on a group of three that m-2 leads. @param before changes the cluster first */
async function struck(
  step: string,
  before: (cluster: FakeCluster, nowMs: () => number) => unknown = () => {},
): Promise<readonly PlannedFault[]> {
  const { cluster, ...rest } = scenario(3, step);
  const { faults, late } = planFaults({ cluster, ...rest }, 1);
  expect(faults).toEqual([]);
  const control = new FakeCluster('', 3, {}, 3);
  control.leader = 'm-2';
  let nowMs = 0;
  await before(control, () => nowMs);
  const executed: PlannedFault[] = [];
  const world = {
    cluster,
    control,
    clock: {
      nowMs: () => nowMs,
      sleep: async (ms: number) => {
        nowMs += ms;
        if (nowMs > 3_000 && control.leader === null) control.leader = 'm-1';
      },
    },
    elapsedMs: () => nowMs,
    signal: new AbortController().signal,
    nextId: () => 100,
    queue: new FaultQueue({ clock: { nowMs: () => 0, sleep: async () => {} } }),
    execute: async (fault: PlannedFault) => void executed.push(fault),
  };
  for (const one of late) await runLateStep(one, world);
  return executed;
}

test('runLateStep: who leads and who follows is chosen when the step strikes', async () => {
  expect(await struck('{ at: 1s, duration: 1s, node: { action: kill, selector: { is: leader } } }')).toEqual([
    expect.objectContaining({ action: 'kill', nodes: ['m-2'], atMs: 1_000, source: 'step' }),
    expect.objectContaining({ action: 'restart', nodes: ['m-2'], source: 'undo' }),
  ]);
  const [wiped] = await struck('{ at: 1s, node: { action: wipe, selector: { is: follower } } }');
  expect(wiped?.nodes.toSorted()).toEqual(['m-1', 'm-3']);
  const [slow] = await struck('{ at: 1s, io: { action: slow, delay: 5ms, selector: { is: follower, name: [m-2, m-3] } } }');
  expect(slow?.nodes).toEqual(['m-3']);
});

test('runLateStep: the other side of a cut may be the leader or the followers', async () => {
  const cut = 'network: { action: partition, selector: { is: leader }, target: { is: follower } }';
  expect(await struck(`{ at: 1s, ${cut} }`)).toMatchObject([{ nodes: ['m-2'], targets: ['m-1', 'm-3'] }]);
  const other = 'network: { action: isolate, selector: { name: dn-1 }, target: { is: leader }, direction: to }';
  expect(await struck(`{ at: 1s, ${other} }`)).toMatchObject([{ nodes: ['dn-1'], targets: ['m-2'], direction: 'to' }]);
});

test('runLateStep waits until somebody leads', async () => {
  const faults = await struck(
    '{ at: 1s, node: { action: kill, selector: { is: leader } } }',
    (cluster) => (cluster.leader = null),
  );
  expect(faults).toMatchObject([{ nodes: ['m-1'] }]);
  expect(faults[0]?.atMs).toBeGreaterThan(3_000);
});

/** Nobody writes before this time; then dn-2 does. */
const writingFrom = (fromMs: number) => (cluster: FakeCluster, nowMs: () => number) =>
  (cluster.writers = async () => (nowMs() >= fromMs ? ['dn-2'] : []));

test('runLateStep looks again for whoever writes, and counts the duration from when it strikes', async () => {
  const step = '{ at: 1s, duration: 1s, network: { action: isolate, selector: { in-pipeline: true }, mode: one } }';
  expect(await struck(step, writingFrom(2_020))).toMatchObject([
    { action: 'isolate', nodes: ['dn-2'], atMs: 2_050 },
    { action: 'lift', nodes: ['dn-2'], atMs: 3_050 },
  ]);
});

test('runLateStep looks again until there are as many as it asks for, on both sides', async () => {
  const two = '{ at: 1s, node: { action: kill, selector: { holds: /a }, mode: fixed, value: 2 } }';
  const faults = await struck(two, (cluster, nowMs) => {
    cluster.holders = async () => (nowMs() < 1_500 ? ['dn-1'] : ['dn-1', 'dn-3']);
  });
  expect(faults).toMatchObject([{ nodes: ['dn-1', 'dn-3'], atMs: 1_500 }]);
  const cut = '{ at: 1s, network: { action: isolate, selector: { name: m-1 }, target: { in-pipeline: true } } }';
  expect(await struck(cut, writingFrom(1_500))).toMatchObject([{ nodes: ['m-1'], targets: ['dn-2'], atMs: 1_500 }]);
});

test('runLateStep gives up where nobody writes for long', async () => {
  const step = '{ at: 1s, node: { action: kill, selector: { in-pipeline: true } } }';
  const faults = await struck(step, writingFrom(4_500));
  expect(faults).toMatchObject([{ nodes: [], atMs: 4_000, shortfall: 'line 7 finds no node: no datanode writes a chunk' }]);
});

test('runLateStep: what does not change by itself is not waited for', async () => {
  const cut = '{ at: 1s, network: { action: isolate, selector: { name: m-2 }, target: { is: leader } } }';
  expect(await struck(cut)).toMatchObject([{ atMs: 1_000, shortfall: 'line 7 finds no node on the other side' }]);
});

test('runLateStep: nobody on the other side is a shortfall', async () => {
  const cut = 'network: { action: isolate, selector: { name: m-2 }, target: { is: leader } }';
  expect(await struck(`{ at: 1s, ${cut} }`)).toMatchObject([{ shortfall: 'line 7 finds no node on the other side' }]);
});

test('runLateStep: only masters have a log, and of a closed group the leader has one too', async () => {
  const rot = 'io: { action: bitflip, target: log, selector: { role: [master, datanode] }, mode: all }';
  const { cluster, ...rest } = scenario(3, `{ at: 1s, ${rot} }`);
  expect(planFaults({ cluster, ...rest }, 1).faults).toMatchObject([
    { action: 'bitflip', file: 'log', nodes: ['m-1', 'm-2', 'm-3'] },
  ]);
  expect(await struck('{ at: 1s, io: { action: bitflip, target: log, selector: { is: leader } } }')).toMatchObject([
    { file: 'log', nodes: ['m-2'] },
  ]);
});

test('planFaults: with one master its part is known before', () => {
  const { faults, late } = planFaults(scenario(1, '{ at: 1s, node: { action: kill, selector: { is: leader } } }'), 1);
  expect([faults.map(({ nodes }) => nodes), late]).toEqual([[['m-1']], []]);
});

test('runLateStep: the state is that of the cluster when the step begins, whatever the plan did before', async () => {
  const down = async (cluster: FakeCluster): Promise<void> => cluster.kill('m-1', 'dn-2');
  const begun = await struck('{ at: 1s, node: { action: restart, selector: { state: stopped }, mode: all } }', down);
  expect(begun).toMatchObject([{ action: 'restart', nodes: ['m-1', 'dn-2'] }]);
  expect(begun[0]?.unmet).toBeUndefined();
  const cut = '{ at: 1s, network: { action: isolate, selector: { name: m-2 }, target: { role: datanode, state: live } } }';
  expect(await struck(cut, down)).toMatchObject([{ nodes: ['m-2'], targets: ['dn-1', 'dn-3'] }]);
  const ring = '{ at: 1s, network: { action: partition, shape: ring, selector: { role: datanode, state: live } } }';
  const shortfall = 'line 7 divides 3 nodes or more, and finds 2 then';
  expect(await struck(ring, down)).toMatchObject([{ nodes: [], shortfall }]);
});

test('runLateStep: of the nodes that a step names it keeps those that it did not meet', async () => {
  const step = '{ at: 1s, node: { action: restart, selector: { name: [m-1, dn-1, dn-2], state: stopped } } }';
  expect(await struck(step, async (cluster) => cluster.kill('dn-2'))).toMatchObject([
    { nodes: ['dn-2'], unmet: ['m-1', 'dn-1'] },
  ]);
  const one = step.replace('stopped }', 'stopped }, mode: one');
  expect((await struck(one, async (cluster) => cluster.kill('dn-2')))[0]?.unmet).toBeUndefined();
});
