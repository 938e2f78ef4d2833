/** How a cluster begins, and the masters that it adds. */
import { expect, test } from 'vitest';
import { encodeEntryData } from '../../../../src/master/state/operations/log-entry.js';
import { StateMachine } from '../../../../src/master/state/operations/state-machine.js';
import { CLUSTER_ID, Script } from '../../script.js';

const settings = {
  clusterId: CLUSTER_ID,
  masterId: '',
  incarnation: '',
  defaultReplication: 3,
  defaultChunkSizeBytes: 65_536,
  minReplicas: 2,
  sessionTimeoutMs: 1_000,
};

const register = (script: Script, masterId: string, address: string, isNew: boolean) =>
  script.apply({ operation: 'registerMaster', registerMaster: { masterId, address, isNew } });

function made(...founders: { masterId: string; address: string }[]) {
  const machine = new StateMachine();
  const data = encodeEntryData({ operation: 'initCluster', initCluster: { ...settings, founders } });
  return { machine, answer: machine.apply({ index: 1, term: 1, data }) };
}

test('initCluster: bootstrap masters have incarnation 1; asked for twice, the second is an answer', () => {
  const founders = ['m-1', 'm-2', 'm-3'].map((masterId) => ({ masterId, address: `${masterId}:7000` }));
  const { machine, answer } = made(...founders);
  expect(answer).toEqual({});
  expect([...machine.state.masters.values()].map(({ id, address, incarnation }) => [id, address, incarnation])).toEqual([
    ['m-1', 'm-1:7000', 1],
    ['m-2', 'm-2:7000', 1],
    ['m-3', 'm-3:7000', 1],
  ]);
  const before = machine.state.settings;
  const other = encodeEntryData({ operation: 'initCluster', initCluster: { ...settings, clusterId: 'other', founders: [] } });
  expect(machine.apply({ index: 2, term: 2, data: other }).error).toMatchObject({
    code: 'ALREADY_EXISTS',
    message: expect.stringContaining(CLUSTER_ID) as unknown,
  });
  expect(machine.state.settings).toBe(before);
  expect(machine.state.masters.size).toBe(3);
});

test('initCluster: bootstrap masters with the same id or an impossible address make no cluster', () => {
  const twice = made({ masterId: 'm-1', address: 'a:1' }, { masterId: 'm-1', address: 'b:1' });
  const nowhere = made({ masterId: 'm-1', address: 'a:0' });
  for (const { machine, answer } of [twice, nowhere]) {
    expect(answer.error?.code).toBe('INVALID_ARGUMENT');
    expect(machine.state.settings).toBeNull();
    expect(machine.state.masters.size).toBe(0);
  }
});

test('registerMaster: a new one gets an incarnation that no master had, a known one another address', () => {
  const script = new Script();
  const { masters } = script.machine.state;
  expect(register(script, 'm-2', 'm-2:1', true)).toEqual({ incarnation: 2 });
  const digest = script.machine.state.digest.sum;
  expect(register(script, 'm-2', 'm-2:9', false)).toEqual({});
  expect(masters.get('m-2')).toMatchObject({ address: 'm-2:9', incarnation: 2 });
  expect(script.machine.state.digest.sum).not.toBe(digest);
  // A bootstrap master that was wiped: added again as new.
  expect(register(script, 'm-1', 'm-1:7000', true)).toEqual({ incarnation: 3 });
  expect(masters.get('m-1')).toMatchObject({ incarnation: 3 });
  expect(register(script, 'm-7', 'm-7:1', false).error?.code).toBe('NOT_FOUND');
  expect(register(script, 'm 8', 'm-8:1', true).error?.code).toBe('INVALID_ARGUMENT');
  expect(register(script, 'm-8', 'no address', true).error?.code).toBe('INVALID_ARGUMENT');
  expect(register(script, 'm-8', `${'x'.repeat(300)}:1`, true).error?.code).toBe('INVALID_ARGUMENT');
  expect(script.machine.state.nextIncarnation).toBe(4);
  script.expectReplayEqual();
});

test('registerMaster: refused before there is a cluster, and when ids have run out', () => {
  const machine = new StateMachine();
  const data = encodeEntryData({ operation: 'registerMaster', registerMaster: { masterId: 'm-1', address: 'a:1', isNew: true } });
  expect(machine.apply({ index: 1, term: 1, data }).error?.code).toBe('NOT_INITIALIZED');
  const script = new Script();
  for (let i = 2; i <= 1_000; i += 1) expect(register(script, `m-${i}`, 'a:1', true).incarnation).toBe(i);
  expect(register(script, 'm-1001', 'a:1', true).error?.code).toBe('RESOURCE_EXHAUSTED');
  expect(register(script, 'm-5', 'a:1', true)).toEqual({ incarnation: 1_001 });
});
