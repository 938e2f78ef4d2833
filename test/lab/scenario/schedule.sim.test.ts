import { expect, test } from 'vitest';
import type { PlannedFault } from '../../../src/supervisor/api/fault.js';
import type { Scenario } from '../../../src/lab/scenario/model/scenario.js';
import { parseScenario } from '../../../src/lab/scenario/grammar/parse-scenario.js';
import { planFaults, resolveScenario } from '../../../src/lab/scenario/plan/schedule.js';

const FIVE = '{ masters: 1, datanodes: 5, racks: 2, replication: 3 }';

function parse(body: string, cluster = FIVE): Scenario {
  const parsed = parseScenario(
    `apiVersion: lab/v1
kind: Scenario
cluster: ${cluster}
workload: [{ type: write-verify, size: 1MiB }]
duration: 60s
${body}`,
    'test',
  );
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.scenario;
}

const plan = (body: string, seed = 42, cluster = FIVE): readonly PlannedFault[] => planFaults(parse(body, cluster), seed).faults;

const brief = (faults: readonly PlannedFault[]): string[] =>
  faults.map(({ atMs, source, action, nodes }) => `${atMs} ${source} ${action} ${nodes.join(',')}`);

const NEMESIS = 'nemesis: { faults: [kill], interval: 2s }\n';
const RANDOM_STEPS = `steps:
  - { at: 5s, node: { action: kill, selector: { role: datanode }, mode: one } }
  - { at: 7s, node: { action: pause, selector: { role: datanode }, mode: fixed, value: 2 } }
`;

test('planFaults gives the same schedule for the same seed, and another for another', () => {
  const first = plan(RANDOM_STEPS + NEMESIS);
  expect(plan(RANDOM_STEPS + NEMESIS)).toEqual(first);
  expect(plan(RANDOM_STEPS + NEMESIS, 43)).not.toEqual(first);
  expect(plan(NEMESIS).length).toBeGreaterThan(20);
});

test('planFaults is pinned: a change of these lines changes what every recorded seed means', () => {
  expect(brief(plan(RANDOM_STEPS))).toMatchInlineSnapshot(`
    [
      "5000 step kill dn-5",
      "7000 step pause dn-1,dn-3",
    ]
  `);
  expect(brief(plan(NEMESIS)).slice(0, 6)).toMatchInlineSnapshot(`
    [
      "2088 nemesis kill dn-2",
      "4632 undo restart dn-2",
      "4799 nemesis kill dn-3",
      "5857 undo restart dn-3",
      "7627 nemesis kill dn-5",
      "8720 nemesis kill dn-3",
    ]
  `);
});

test('planFaults draws steps and nemesis from streams of their own', () => {
  const steps = (faults: readonly PlannedFault[]): readonly PlannedFault[] => faults.filter((fault) => fault.source === 'step');
  const late = 'steps:\n  - { at: 59900ms, node: { action: restart, selector: { role: datanode }, mode: one } }\n';
  const nemesisOnly = plan(NEMESIS).filter((fault) => fault.atMs < 59_900);
  expect(plan(late + NEMESIS).filter((fault) => fault.atMs < 59_900)).toEqual(nemesisOnly);
  expect(steps(plan(late)).length).toBe(1);
});

test.each([
  ['{ datanodes: 5, replication: 3 }', 2],
  ['{ datanodes: 3, replication: 3 }', 1],
  ['{ datanodes: 9, replication: 2 }', 7],
])('planFaults lets the nemesis of %s have at most %i datanodes down, and never the master', (cluster, downMax) => {
  let mostDown = 0;
  for (let seed = 0; seed < 50; seed += 1) {
    const down = new Set<string>();
    let lastMs = 0;
    for (const { atMs, action, nodes } of plan(NEMESIS, seed, cluster)) {
      expect(atMs).toBeGreaterThanOrEqual(lastMs);
      lastMs = atMs;
      for (const node of nodes) {
        expect(node).toMatch(/^dn-/);
        expect(down.has(node)).toBe(action === 'restart');
        if (action === 'kill') down.add(node);
        else down.delete(node);
      }
      mostDown = Math.max(mostDown, down.size);
      expect(down.size).toBeLessThanOrEqual(downMax);
    }
    expect(lastMs).toBeLessThanOrEqual(60_000);
  }
  expect(mostDown).toBe(Math.min(downMax, 4));
});

test('planFaults undoes a step after its duration, and leaves to the final heal what would come later', () => {
  const faults = plan(`steps:
  - { at: 5s, duration: 10s, node: { action: kill, selector: { name: dn-1 } } }
  - { at: 6s, duration: 2s, node: { action: pause, selector: { name: dn-2 } } }
  - { at: 7s, duration: 1s, network: { action: partition, selector: { name: [dn-3, dn-4] }, kind: reset } }
  - { at: 55s, duration: 10s, node: { action: stop, selector: { name: dn-5 } } }
`);
  expect(brief(faults)).toEqual([
    '5000 step kill dn-1',
    '6000 step pause dn-2',
    '7000 step partition dn-3,dn-4',
    '8000 undo resume dn-2',
    '8000 undo lift dn-3,dn-4',
    '15000 undo restart dn-1',
    '55000 step stop dn-5',
  ]);
  expect(faults.find((fault) => fault.action === 'partition')).toMatchObject({ kind: 'reset', direction: 'both' });
  expect(faults.find((fault) => fault.action === 'lift')).toMatchObject({
    of: faults.find((fault) => fault.action === 'partition')?.id,
  });
});

test('planFaults does not undo what another step undid already', () => {
  const faults = plan(`steps:
  - { at: 5s, duration: 10s, node: { action: kill, selector: { name: dn-1 } } }
  - { at: 8s, node: { action: restart, selector: { name: dn-1 } } }
`);
  expect(brief(faults)).toEqual(['5000 step kill dn-1', '8000 step restart dn-1']);
});

test('planFaults keeps a step from nodes on which it can do nothing, and names those of them that it asks for', () => {
  const faults = plan(`steps:
  - { at: 10s, node: { action: kill, selector: { rack: rack-2 } } }
  - { at: 11s, node: { action: kill, selector: { role: datanode }, mode: percent, value: 50 } }
  - { at: 12s, node: { action: pause, selector: { name: [dn-1, dn-2, dn-3, dn-4, dn-5] } } }
  - { at: 14s, node: { action: resume, selector: { role: datanode } } }
  - { at: 16s, network: { action: isolate, selector: { role: datanode }, mode: minority } }
  - { at: 21s, network: { action: partition, selector: { role: [master, datanode] }, mode: majority } }
`);
  expect(faults.map(({ nodes }) => nodes.length)).toEqual([2, 2, 1, 1, 2, 3]);
  expect(faults[0]?.nodes).toEqual(['dn-2', 'dn-4']);
  expect(faults[2]?.unmet).toHaveLength(4);
  expect(faults[2]?.unmet).toEqual(expect.arrayContaining(['dn-2', 'dn-4']));
  expect(faults[1]?.unmet).toBeUndefined();
});

test('planFaults leaves every step that asks for a state to its time', () => {
  const states = ['live', 'stale', 'dead', 'stopped', 'paused'];
  const selectors = states.map((state, i) => `  - { at: ${i}s, node: { action: kill, selector: { state: ${state} } } }`);
  const target = '{ at: 9s, network: { action: isolate, selector: { name: m-1 }, target: { role: datanode, state: live } } }';
  const scenario = parse(`steps:\n${selectors.join('\n')}\n  - ${target}\n`);
  const { faults, late } = planFaults(scenario, 42);
  expect(faults).toEqual([]);
  expect(late).toHaveLength(6);
  const resolved = resolveScenario(scenario, 42).steps;
  expect(resolved.map(({ selector }) => selector)).toEqual(scenario.steps.map(({ selector }) => selector));
});

test('planFaults never kills twice what is dead, and says when a step asks for more than there is', () => {
  const faults = plan(`steps:
  - { at: 1s, node: { action: kill, selector: { role: datanode }, mode: fixed, value: 4 } }
  - { at: 2s, node: { action: kill, selector: { role: datanode }, mode: fixed, value: 2 } }
`);
  expect(faults[0]?.shortfall).toBeUndefined();
  expect(faults[1]?.nodes).toHaveLength(1);
  expect(faults[0]?.nodes).not.toContain(faults[1]?.nodes[0]);
  expect(faults[1]?.shortfall).toBe('line 8 asks for 2, and 1 fit then');
});

test('planFaults plans ten thousand steps in no time', () => {
  const lines = Array.from({ length: 10_000 }, (_, i) => `  - { at: ${i}ms, network: { action: heal } }`);
  expect(plan(`steps:\n${lines.join('\n')}\n`)).toHaveLength(10_000);
});

test('planFaults names new nodes in turn, and later steps find them by name, role and rack', () => {
  const faults = plan(`steps:
  - { at: 1s, node: { action: kill, selector: { rack: rack-2 } } }
  - { at: 5s, node: { action: add } }
  - { at: 9s, node: { action: add, value: 2 } }
  - { at: 10s, node: { action: pause, selector: { rack: rack-2 } } }
  - { at: 12s, duration: 2s, network: { action: isolate, selector: { name: dn-7 } } }
  - { at: 13s, node: { action: stop, selector: { role: datanode } } }
`);
  expect(brief(faults)).toEqual([
    '1000 step kill dn-2,dn-4',
    '5000 step add dn-6',
    '9000 step add dn-7,dn-8',
    '10000 step pause dn-6,dn-8',
    '12000 step isolate dn-7',
    '13000 step stop dn-1,dn-3,dn-5,dn-6,dn-7,dn-8',
    '14000 undo lift dn-7',
  ]);
});

test('planFaults: a slow CPU lasts, and is lifted once', () => {
  const faults = plan(
    'steps:\n  - { at: 1s, duration: 2s, node: { action: slow, percent: 80, selector: { name: [dn-1, dn-2] } } }\n',
  );
  expect(faults[0]).toMatchObject({ action: 'slow-cpu', percent: 80 });
  expect(brief(faults)).toEqual(['1000 step slow-cpu dn-1,dn-2', '3000 undo lift dn-1,dn-2']);
});

test('planFaults: a shape that finds too few nodes strikes nobody, and says so', () => {
  const steps = `steps:
  - { at: 1s, network: { action: isolate, selector: { name: [dn-1, dn-2, dn-3] } } }
  - { at: 9s, network: { action: partition, shape: ring, selector: { role: datanode } } }
`;
  expect(plan(steps).at(-1)).toMatchObject({ nodes: [], shortfall: 'line 8 divides 3 nodes or more, and finds 2 then' });
});
