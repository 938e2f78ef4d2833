import { existsSync, lstatSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { DistriFS } from '../../../src/index.js';
import { ControlClient } from '../../../src/lab/live/control-client.js';
import { Lab } from '../../../src/lab/live/lab.js';
import type { LabParts } from '../../../src/lab/live/lab.js';
import { LiveFaults } from '../../../src/lab/live/live-faults.js';
import { startObservedCluster } from '../../../src/lab/live/start-observed-cluster.js';
import { labEntries } from '../../../src/supervisor/folder/lab-folder.js';
import { readRunningRecord } from '../../../src/supervisor/folder/lab-record.js';
import { identityOf } from '../../../src/supervisor/folder/process-identity.js';
import type { ClusterEvent } from '../../../src/supervisor/api/cluster-events.js';
import type { NodeState } from '../../../src/supervisor/api/cluster-status.js';
import { namedStep } from '../../../src/supervisor/api/named-step.js';
import { Cluster } from '../../../src/supervisor/cluster/cluster.js';
import { FakeLoad } from './fake-load.js';

const SHAPE = { masters: 1, datanodes: 3, replication: 2, runtime: 'thread' } as const;

let lab: Lab;
const events: ClusterEvent[] = [];
beforeAll(async () => {
  lab = await Lab.start(SHAPE);
  lab.onEvent((event) => events.push(event));
});
afterAll(() => lab.close());

const stateOf = async (id: string): Promise<NodeState | undefined> =>
  (await lab.status()).nodes.find((node) => node.id === id)?.state;

async function until(condition: () => Promise<boolean>, what: string): Promise<void> {
  const deadline = performance.now() + 20_000;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`Not within 20 s: ${what}`);
    await delay(20);
  }
}

test('Lab: what keys order one after the other is carried out in turn, each with its proof', async () => {
  const step = (action: 'kill' | 'stop' | 'restart' | 'pause' | 'resume', name: string): Promise<object> =>
    lab.faults.orderStep(namedStep(action, [name]));
  const answers = await Promise.all([
    step('kill', 'dn-1'),
    step('restart', 'dn-1'),
    step('stop', 'dn-2'),
    step('pause', 'dn-1'),
    step('resume', 'dn-1'),
    step('restart', 'dn-2'),
  ]);
  expect(answers).toMatchObject([
    { text: 'kill dn-1', effect: 'seen', effects: 1, evidence: 'thread gone by kill' },
    { text: 'restart dn-1', effect: 'seen', effects: 1, evidence: 'new thread' },
    { text: 'stop dn-2', effect: 'seen', effects: 1, evidence: 'thread ended' },
    { text: 'pause dn-1', effect: 'seen', effects: 1, evidence: 'thread suspended' },
    { text: 'resume dn-1', effect: 'seen', effects: 1, evidence: 'thread runs' },
    { text: 'restart dn-2', effect: 'seen', effects: 1, evidence: 'new thread' },
  ]);
  const carriedOut = events.flatMap((event) => (event.event === 'fault' ? [`${event.action} ${event.nodes.join()}`] : []));
  expect(carriedOut).toEqual(['kill dn-1', 'restart dn-1', 'stop dn-2', 'pause dn-1', 'resume dn-1', 'restart dn-2']);
});

test('Lab: its methods do what those of a cluster do, and what lasts stands in the list of faults', async () => {
  await lab.kill('dn-3');
  expect(await stateOf('dn-3')).toBe('stopped');
  await lab.kill('dn-3');
  await expect(lab.pause('dn-3')).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
  await expect(lab.kill('dn-9')).rejects.toThrow('Cannot kill unknown node "dn-9": nodes are m-1, dn-1, dn-2, dn-3');
  await expect(lab.wipe('m-1')).rejects.toThrow(/m-1 is the only master/);
  await lab.restart('dn-3');
  await until(async () => (await stateOf('dn-3')) === 'live', 'dn-3 is live');
  await lab.partition(['dn-1'], { kind: 'reset' });
  expect((await lab.status()).faults).toMatchObject([{ text: 'partition dn-1 kind=reset', nodes: ['dn-1'] }]);
  expect((await lab.status()).nodes.find(({ id }) => id === 'dn-1')?.partitioned).toBe(true);
  await lab.faults.order('slow dn-2 delay=1ms');
  await lab.heal();
  expect((await lab.status()).faults).toMatchObject([{ text: 'slow dn-2 delay=1ms' }]);
  await lab.faults.heal();
  expect((await lab.status()).faults).toEqual([]);
  expect((await lab.status()).nodes.some(({ partitioned }) => partitioned)).toBe(false);
  const injected = await lab.inject({ action: 'slow', delayMs: 1 }, ['dn-1'], { choiceSeed: 1 });
  await injected.lift();
  expect(events.filter(({ event }) => event === 'fault-begin' || event === 'fault-end')).toHaveLength(4);
});

test('ControlClient acts on a lab from outside', async () => {
  const control = ControlClient.find(lab.dir);
  expect(lstatSync(lab.control).mode & 0o777).toBe(0o600);
  expect(await control.status()).toMatchObject({ dir: lab.dir, leader: 'm-1' });
  expect(await control.environment()).toMatchObject({ masters: lab.masters()[0]?.address, proxy: lab.clientProxy() });
  await control.act({ action: 'stop', nodes: ['dn-2'] });
  expect(await stateOf('dn-2')).toBe('stopped');
  await control.act({ action: 'restart', nodes: ['dn-2'] });
  await expect(control.act({ action: 'kill', nodes: ['nobody'] })).rejects.toMatchObject({
    code: 'INVALID_ARGUMENT',
    message: expect.stringContaining('unknown node "nobody"') as unknown,
  });
  await control.act({ action: 'transfer-leadership', nodes: ['m-1'] });
  await expect(control.act({ action: 'transfer-leadership', nodes: ['dn-1'] })).rejects.toMatchObject({
    code: 'INVALID_ARGUMENT',
    message: expect.stringContaining('"dn-1"') as unknown,
  });
  await expect(control.act({ action: 'transfer-leadership', nodes: ['m-1', 'm-2'] })).rejects.toMatchObject({
    code: 'INVALID_ARGUMENT',
  });
});

/** The parts of a lab that write down what is done with them. */
function loggingParts(log: string[], openControl: LabParts['openControl']): () => Promise<LabParts> {
  return async () => ({
    createFaults: (options) => {
      const faults = new LiveFaults(options);
      const close = faults.close.bind(faults);
      faults.close = async () => {
        log.push('faults end');
        await close();
      };
      return faults;
    },
    createLoad: (of) => {
      const load = new FakeLoad();
      load.stop = async () => {
        // The cluster is there for the clients of the load.
        const client = await DistriFS.connect({ master: of.masters().map(({ address }) => address), profile: 'fast' });
        await client.writeFile('/last', 'word');
        await client.close();
        log.push('load ends, answered');
      };
      return load;
    },
    openControl,
  });
}

test('Lab.close: the load ends first, then the control socket, the faults, and the cluster', async () => {
  const log: string[] = [];
  const parts = loggingParts(log, async () => ({ close: async () => void log.push('control ends') }));
  const own = await Lab.start({ ...SHAPE, datanodes: 2 }, parts);
  const { faults } = own;
  await faults.order('slow dn-1 delay=1ms');
  void own.closed.then(() => log.push('cluster ends'));
  const { hostPid } = own;
  await Promise.all([own.close(), own.close()]);
  await own.closed;
  expect(log).toEqual(['load ends, answered', 'control ends', 'faults end', 'cluster ends']);
  expect(await faults.list()).toEqual([]);
  expect(existsSync(own.dir)).toBe(false);
  expect(hostPid === null ? null : identityOf(hostPid)).toBeNull();
  await expect(own.kill('dn-1')).rejects.toMatchObject({ code: 'CANCELLED' });
  expect(() => own.faults).toThrow('The cluster is not running');
});

/** Labs of this process: others may come and go meanwhile. */
const ownLabs = (): string[] => labEntries().filter((entry) => ownerOf(entry) === process.pid);

function ownerOf(entry: string): number | undefined {
  try {
    return readRunningRecord(entry)?.owner.pid;
  } catch {
    // It has gone, or is another user's.
    return undefined;
  }
}

test.each(['openControl', 'createFaults', 'load'] as const)('Lab.start: when %s fails, nothing is left', async (failing) => {
  const fail = (): never => {
    throw new Error(`${failing} failed`);
  };
  const before = ownLabs();
  const opened: { hostPid: number | null; dir: string }[] = [];
  const parts = async (): Promise<LabParts> => {
    if (failing === 'load') fail();
    const whole = await loggingParts([], async (of) => {
      opened.push({ hostPid: of.hostPid, dir: of.dir });
      return fail();
    })();
    return failing === 'createFaults' ? { ...whole, createFaults: fail } : whole;
  };
  await expect(Lab.start({ ...SHAPE, datanodes: 1, replication: 1 }, parts)).rejects.toThrow(`${failing} failed`);
  expect(opened).toHaveLength(failing === 'openControl' ? 1 : 0);
  for (const { hostPid, dir } of opened) expect([identityOf(hostPid ?? 0), existsSync(dir)]).toEqual([null, false]);
  expect(ownLabs().filter((entry) => !before.includes(entry))).toEqual([]);
});

test('Cluster without a lab has no control socket; that of a run has one for looks only', async () => {
  const bare = await Cluster.start({ ...SHAPE, datanodes: 1, replication: 1 });
  try {
    expect(existsSync(bare.control)).toBe(false);
    expect((await bare.status()).faults).toEqual([]);
  } finally {
    await bare.close();
  }
  const ofRun = await startObservedCluster({ ...SHAPE, datanodes: 1, replication: 1, scenario: 'split-brain' });
  try {
    const control = ControlClient.find(ofRun.dir);
    expect(await control.status()).toMatchObject({ dir: ofRun.dir, leader: 'm-1' });
    expect(await control.faults()).toEqual({ faults: [] });
    await expect(control.fault({ command: 'kill dn-1' })).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
  } finally {
    await ofRun.close();
  }
  expect(existsSync(ofRun.control)).toBe(false);
});
