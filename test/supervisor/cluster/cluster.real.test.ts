import { existsSync, mkdtempSync, readFileSync, readdirSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { DistriFS } from '../../../src/index.js';
import { Cluster } from '../../../src/supervisor/cluster/cluster.js';
import { labEntries } from '../../../src/supervisor/folder/lab-folder.js';
import { identityOf } from '../../../src/supervisor/folder/process-identity.js';
import type { ClusterEvent } from '../../../src/supervisor/api/cluster-events.js';
import type { NodeState } from '../../../src/supervisor/api/cluster-status.js';
import { until } from '../../until.js';

let cluster: Cluster;
const events: ClusterEvent[] = [];
beforeAll(async () => {
  cluster = await Cluster.start({ masters: 1, datanodes: 3, replication: 2 });
  cluster.onEvent((event) => events.push(event));
});
afterAll(() => cluster.close());

const stateOf = async (id: string, from = cluster): Promise<NodeState | undefined> =>
  (await from.status()).nodes.find((node) => node.id === id)?.state;
const reaches = (id: string, state: NodeState): Promise<void> =>
  until(async () => (await stateOf(id)) === state, `${id} is ${state}`);

test('Cluster.start resolves with every node live and its data where the infos say', async () => {
  const status = await cluster.status();
  expect(status.nodes.map((node) => [node.id, node.role, node.state])).toEqual([
    ['m-1', 'master', 'live'],
    ['dn-1', 'datanode', 'live'],
    ['dn-2', 'datanode', 'live'],
    ['dn-3', 'datanode', 'live'],
  ]);
  expect(status).toMatchObject({ masterReachable: true, files: 0, chunks: { total: 0 } });
  expect(status.clusterId).not.toBe('');
  for (const node of [...cluster.masters(), ...cluster.datanodes()]) {
    expect(readdirSync(node.dataDir).length).toBeGreaterThan(0);
    expect(readFileSync(node.log, 'utf8')).toContain(`"name":"${node.id}"`);
  }
});

test('Cluster serves clients through its proxy, counts their chunks, and shows who holds them', async () => {
  const [master] = cluster.masters();
  const client = await DistriFS.connect({ master: master!.address, proxy: cluster.clientProxy('client-1'), profile: 'fast' });
  try {
    await client.writeFile('/hello', 'hello');
    expect(await client.readFile('/hello', 'utf8')).toBe('hello');
  } finally {
    await client.close();
  }
  await until(async () => (await cluster.status()).chunks.healthy === 1, 'a healthy chunk');
  const [chunk] = await cluster.chunks(10);
  expect(chunk).toMatchObject({ path: '/hello', index: 0, lengthBytes: 5, replication: 2 });
  expect(chunk!.nodeIds).toHaveLength(2);
  const links = await cluster.linkCounters();
  expect(links.find((link) => link.source === 'client-1' && link.target === 'm-1')!.bytes).toBeGreaterThan(0);
});

test('Cluster.kill, restart, pause and resume show in states and events', async () => {
  const pid = cluster.datanodes()[0]!.pid!;
  await cluster.kill('dn-1');
  expect(await stateOf('dn-1')).toBe('stopped');
  expect(identityOf(pid)).toBeNull();
  expect(events).toContainEqual(expect.objectContaining({ event: 'node-exit', node: 'dn-1', signal: 'SIGKILL' }));
  expect(events).toContainEqual(expect.objectContaining({ event: 'fault', action: 'kill', nodes: ['dn-1'] }));
  await expect(cluster.pause('dn-1')).rejects.toThrow(/Cannot pause dn-1: it does not run/);
  const { address } = cluster.datanodes()[0]!;
  await cluster.restart('dn-1');
  expect(cluster.datanodes()[0]).toMatchObject({ address });
  await reaches('dn-1', 'live');
  await cluster.pause('dn-2');
  expect(await stateOf('dn-2')).toBe('paused');
  await cluster.resume('dn-2');
  await reaches('dn-2', 'live');
  expect(
    events.filter((event) => event.event === 'node-state' && event.node === 'dn-1').map((event) => 'to' in event && event.to),
  ).toEqual(['stopped', 'starting', 'live']);
});

test('Cluster.isolate makes a datanode stale for the master until heal', async () => {
  await cluster.isolate(['dn-3']);
  expect((await cluster.status()).nodes.find((node) => node.id === 'dn-3')?.partitioned).toBe(true);
  await until(async () => ['stale', 'dead'].includes((await stateOf('dn-3')) ?? ''), 'dn-3 is not heard');
  await cluster.heal();
  await reaches('dn-3', 'live');
});

test('Cluster.inject cuts one direction, counts what was held, and lifts only its own cut', async () => {
  await cluster.isolate(['dn-1']);
  const cut = await cluster.inject({ action: 'isolate', kind: 'stall', direction: 'to' }, ['dn-3'], {
    targets: ['m-1'],
    choiceSeed: 1,
  });
  await until(async () => ['stale', 'dead'].includes((await stateOf('dn-3')) ?? ''), 'dn-3 is not heard');
  expect(await cut.effects()).toBeGreaterThan(0);
  await cut.lift();
  await reaches('dn-3', 'live');
  expect((await cluster.status()).nodes.find((node) => node.id === 'dn-1')?.partitioned).toBe(true);
  const atLift = await cut.effects();
  await cluster.heal();
  await reaches('dn-1', 'live');
  await cut.lift();
  expect(await cut.effects()).toBe(atLift);
});

test('Cluster empties a disk and damages a replica only where two good copies stay', async () => {
  const damage = { action: 'bitflip', file: 'chunk' } as const;
  // Where cuts and kills before led to a third copy, that goes in time.
  const replicas = (): string[] =>
    cluster.datanodes().flatMap((node) => readdirSync(node.dataDir).filter((name) => /^chunk-[0-9a-f-]+$/.test(name)));
  await until(async () => replicas().length === 2 && (await cluster.holders('/hello')).length === 2, 'two copies');
  const holders = await cluster.holders('/hello');
  for (const id of holders) {
    await expect(cluster.inject(damage, [id], { choiceSeed: 1 })).rejects.toMatchObject({ name: 'NothingToStrike' });
    await expect(cluster.wipe(id)).rejects.toMatchObject({ name: 'NothingToStrike' });
  }
  const [spare] = cluster.datanodes().filter(({ id }) => !holders.includes(id));
  const [master] = cluster.masters();
  const client = await DistriFS.connect({ master: master!.address, proxy: cluster.clientProxy('client-2'), profile: 'fast' });
  try {
    await client.writeFile('/three', 'three copies', { replication: 3 });
    await cluster.wipe(spare!.id);
    expect(readdirSync(spare!.dataDir)).toEqual([]);
    expect(await stateOf(spare!.id)).toBe('stopped');
    await cluster.restart(spare!.id);
    await reaches(spare!.id, 'live');
    const isRepaired = async (): Promise<boolean> => readdirSync(spare!.dataDir).some((name) => /^chunk-[0-9a-f-]+$/.test(name));
    await until(isRepaired, 'the third copy is there again');
    const injection = await cluster.inject(damage, [spare!.id], { choiceSeed: 1 });
    expect(await injection.effects()).toBe(1);
    expect(injection.counts).toContain(`bits flipped: ${spare!.id} chunk-`);
    expect(await client.readFile('/three', 'utf8')).toBe('three copies');
    await expect(cluster.wipe(holders[0]!)).rejects.toMatchObject({ name: 'NothingToStrike' });
    expect(await cluster.writers()).toEqual([]);
    await client.rm('/three');
  } finally {
    await client.close();
  }
});

test('Cluster refuses to damage a node that it does not have', async () => {
  await expect(cluster.inject({ action: 'bitflip', file: 'meta' }, ['dn-9'], { choiceSeed: 1 })).rejects.toMatchObject({
    code: 'INVALID_ARGUMENT',
  });
});

test('Cluster restarts its master, and status does not wait for one that is paused', async () => {
  const { term } = await cluster.status();
  await cluster.restart('m-1');
  await reaches('m-1', 'live');
  await until(async () => (await cluster.status()).term > term, 'a new term');
  await cluster.pause('m-1');
  expect((await cluster.status()).nodes.find(({ id }) => id === 'm-1')).toMatchObject({ state: 'paused' });
  await cluster.resume('m-1');
  await reaches('m-1', 'live');
});

test('Cluster refuses unknown nodes by naming those it has', async () => {
  await expect(cluster.kill('dn-9')).rejects.toThrow('Cannot kill unknown node "dn-9": nodes are m-1, dn-1, dn-2, dn-3');
  await expect(cluster.stop()).rejects.toThrow(/name a node/);
  await expect(cluster.partition([])).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
});

test('Cluster.transferLeadership knows masters only, and leaves the leader where it is asked for', async () => {
  expect((await cluster.status()).leader).toBe('m-1');
  expect(await cluster.transferLeadership('m-1')).toBe('m-1');
  await expect(cluster.transferLeadership('dn-1')).rejects.toMatchObject({
    code: 'INVALID_ARGUMENT',
    message: 'Cannot transfer leadership to "dn-1": masters are m-1',
  });
  await expect(cluster.wipe('m-1')).rejects.toThrow(/m-1 is the only master/);
});

test('Cluster.close leaves no process and no folder, also with a node paused and one cut off', async () => {
  const pids = [...cluster.masters(), ...cluster.datanodes()].map((node) => node.pid!);
  await cluster.pause('dn-1');
  await cluster.isolate(['dn-2']);
  await Promise.all([cluster.close(), cluster.close()]);
  expect(pids.map(identityOf)).toEqual(pids.map(() => null));
  expect(existsSync(cluster.dir)).toBe(false);
  await expect(cluster.kill('dn-1')).rejects.toMatchObject({ code: 'CANCELLED' });
});

test('Cluster keeps a given folder: data and addresses are there again, and nobody else may run it meanwhile', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'cluster-'));
  try {
    const first = await Cluster.start({ dir, masters: 1, datanodes: 2, replication: 1 });
    const addresses = [...first.masters(), ...first.datanodes()].map((node) => node.address);
    const { clusterId } = await first.status();
    await expect(Cluster.start({ dir })).rejects.toMatchObject({ code: 'DATA_DIR_LOCKED' });
    await first.close();
    expect(labEntries().filter((entry) => existsSync(entry) && realpathSync(entry) === realpathSync(dir))).toEqual([]);
    const second = await Cluster.start({ dir });
    try {
      expect((await second.status()).clusterId).toBe(clusterId);
      expect([...second.masters(), ...second.datanodes()].map((node) => node.address)).toEqual(addresses);
    } finally {
      await second.close();
    }
    expect(existsSync(join(dir, 'running.json'))).toBe(false);
    expect(existsSync(join(dir, 'control.sock'))).toBe(false);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
});
