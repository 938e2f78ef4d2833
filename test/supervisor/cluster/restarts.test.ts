import { afterAll, beforeAll, expect, test } from 'vitest';
import { setTimeout as delay } from 'node:timers/promises';
import { Cluster } from '../../../src/supervisor/cluster/cluster.js';
import { identityOf } from '../../../src/supervisor/folder/process-identity.js';
import type { NodeState } from '../../../src/supervisor/api/cluster-status.js';

let cluster: Cluster;
beforeAll(async () => {
  cluster = await Cluster.start({ masters: 1, datanodes: 2, replication: 1 });
});
afterAll(() => cluster.close());

const stateOf = async (id: string): Promise<NodeState | undefined> =>
  (await cluster.status()).nodes.find((node) => node.id === id)?.state;

async function isLive(id: string): Promise<void> {
  const deadlineMs = performance.now() + 20_000;
  while ((await stateOf(id)) !== 'live') {
    if (performance.now() > deadlineMs) throw new Error(`Not within 20 s: ${id} is live`);
    await delay(20);
  }
}

/** Its end takes long: the node waits for its disk. */
const slowDisk = () => cluster.inject({ action: 'slow', delayMs: 400 }, ['dn-1'], { choiceSeed: 1 });

test('a power cut in the middle of a restart: the node that comes back is heard again', async () => {
  const slow = await slowDisk();
  const restarted = cluster.restart('dn-1');
  await Promise.allSettled([cluster.powercut('dn-1'), cluster.powercut('dn-1')]);
  await slow.lift();
  await restarted;
  await isLive('dn-1');
});

test('two power cuts at the same time: one restart gives the links back', async () => {
  await Promise.all([cluster.powercut('dn-2'), cluster.powercut('dn-2')]);
  expect(await stateOf('dn-2')).toBe('stopped');
  await cluster.restart('dn-2');
  await isLive('dn-2');
});

test('a cluster that closes in the middle of a restart leaves no process', async () => {
  await slowDisk();
  const restarted = cluster.restart('dn-1');
  const refused = expect(restarted).rejects.toMatchObject({ code: 'CANCELLED' });
  const before = [...cluster.masters(), ...cluster.datanodes()].map(({ pid }) => pid ?? 0);
  await cluster.close();
  await refused;
  expect([...cluster.masters(), ...cluster.datanodes()].map(({ pid }) => pid)).toEqual([null, null, null]);
  expect(before.map(identityOf)).toEqual([null, null, null]);
});
