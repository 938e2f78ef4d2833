import { expect, test } from 'vitest';
import { nodeClock } from '../../../src/runtime/node/node-clock.js';
import type { PlannedFault } from '../../../src/supervisor/api/fault.js';
import { FaultRunner } from '../../../src/lab/run/fault-runner.js';
import type { FaultRecord } from '../../../src/lab/run/fault-runner.js';
import { FakeCluster } from '../scenario/fake-world.js';
import type { Sabotage } from '../scenario/fake-world.js';

async function add(sabotage: Sabotage, ...nodes: readonly string[]): Promise<FaultRecord | undefined> {
  const runner = new FaultRunner({ control: new FakeCluster('', 2, sabotage), clock: nodeClock }, () => undefined);
  const fault: PlannedFault = { action: 'add', id: 1, atMs: 0, nodes, source: 'step', choiceSeed: 0 };
  await runner.execute(fault);
  runner.close();
  return runner.records[0];
}

test('ProcessFaults: an added node counts once its process is seen', async () => {
  expect(await add({}, 'dn-3')).toMatchObject({ effect: 'seen', effects: 1, evidence: 'new process serves' });
  expect(await add({}, 'dn-3', 'dn-4')).toMatchObject({ effect: 'seen', effects: 2 });
});

test('ProcessFaults: a node that was ordered and is not there was not added', async () => {
  expect(await add({ ignore: 'add' }, 'dn-3')).toMatchObject({
    effect: 'none',
    effects: 0,
    evidence: 'not seen on dn-3: new process serves',
  });
});

test('ProcessFaults: of threads, the evidence speaks of threads, and of what ends them', async () => {
  const fake = new FakeCluster('', 2, {});
  fake.runtime = 'thread';
  const runner = new FaultRunner({ control: fake, clock: nodeClock }, () => undefined);
  const actions = ['pause', 'resume', 'kill', 'stop', 'restart', 'stop'] as const;
  for (const [id, action] of actions.entries()) {
    await runner.execute({ action, id, atMs: 0, nodes: ['dn-1'], source: 'step', choiceSeed: 0 });
  }
  runner.close();
  expect(runner.records.map(({ evidence }) => evidence)).toEqual([
    'thread suspended',
    'thread runs',
    'thread gone by kill',
    'dn-1 had no thread',
    'new thread',
    'thread ended',
  ]);
});

test('ProcessFaults: nodes that were added and are not live in time are there, and are named', async () => {
  expect(await add({ lateAdd: 'Not live 15 s after the start: dn-4 (dead)' }, 'dn-3', 'dn-4')).toMatchObject({
    effect: 'none',
    effects: 2,
    evidence: 'started: dn-3, dn-4. Not live 15 s after the start: dn-4 (dead)',
  });
});
