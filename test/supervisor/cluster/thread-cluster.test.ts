import { createHash, randomBytes } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { DistriFS } from '../../../src/index.js';
import { Cluster } from '../../../src/supervisor/cluster/cluster.js';
import { identityOf } from '../../../src/supervisor/folder/process-identity.js';
import type { ClusterEvent } from '../../../src/supervisor/api/cluster-events.js';
import type { NodeInfo, NodeState } from '../../../src/supervisor/api/cluster-status.js';

let cluster: Cluster;
let client: DistriFS;
const events: ClusterEvent[] = [];
beforeAll(async () => {
  cluster = await Cluster.start({ masters: 3, datanodes: 3, replication: 2, runtime: 'thread' });
  cluster.onEvent((event) => events.push(event));
  client = await DistriFS.connect({
    master: cluster.masters().map(({ address }) => address),
    proxy: cluster.clientProxy(),
    profile: 'fast',
  });
});
afterAll(async () => {
  await client.close();
  await cluster.close();
});

async function until(what: string, condition: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 20_000;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`Not within 20 s: ${what}`);
    await delay(20);
  }
}

const nodes = (): readonly NodeInfo[] => [...cluster.masters(), ...cluster.datanodes()];
const node = (id: string): NodeInfo => nodes().find((candidate) => candidate.id === id)!;
const stateOf = async (id: string): Promise<NodeState | undefined> =>
  (await cluster.status()).nodes.find((candidate) => candidate.id === id)?.state;
const areLive = (): Promise<void> =>
  until('all nodes are live', async () => (await cluster.status()).nodes.every(({ state }) => state === 'live'));
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** Files that the host process has open in a node's folder. */
const openIn = ({ dataDir }: NodeInfo): string[] =>
  readdirSync(`/proc/${cluster.hostPid}/fd`).flatMap((name) => {
    try {
      const path = readlinkSync(`/proc/${cluster.hostPid}/fd/${name}`);
      return path.startsWith(`${dataDir}/`) ? [path] : [];
    } catch {
      return [];
    }
  });

/** Whether somebody takes connections on a node's port. */
const listens = ({ address }: NodeInfo): Promise<boolean> =>
  new Promise((resolve) => {
    const [host, port] = address.split(':');
    const socket = connect(Number(port), host);
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });

test('nodes are threads of one process: no pid of their own, a life and a log each, and one file lock a folder', () => {
  expect(identityOf(cluster.hostPid!)).not.toBeNull();
  expect(nodes().map(({ pid }) => pid)).toEqual(nodes().map(() => null));
  expect(new Set(nodes().map(({ life }) => life)).size).toBe(6);
  for (const info of nodes()) {
    const names = readFileSync(info.log, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => (JSON.parse(line) as { name: string; pid: number }).name);
    expect(new Set(names)).toEqual(new Set([info.id]));
    expect(cluster.probe.isAlive(info.life!)).toBe(true);
    expect(cluster.probe.isSuspended(info.life!)).toBe(false);
  }
});

test('files come back byte for byte through the kill and restart of nodes', async () => {
  const killed = ['m-2', 'dn-1', 'dn-2', 'dn-3'];
  const bytes = randomBytes(9 * 1024 * 1024 + 17);
  await client.writeFile('/film', bytes);
  for (const id of killed) {
    const { life, address } = node(id);
    await cluster.kill(id);
    expect(cluster.probe.isAlive(life!)).toBe(false);
    expect(await listens({ ...node(id), address })).toBe(false);
    expect(openIn(node(id))).toEqual([]);
    expect(sha256(await client.readFile('/film'))).toBe(sha256(bytes));
    await cluster.restart(id);
    expect(node(id)).toMatchObject({ address, pid: null });
    expect(node(id).life).not.toBe(life);
    await areLive();
  }
  expect(sha256(await client.readFile('/film'))).toBe(sha256(bytes));
  const exits = events.filter((event) => event.event === 'node-exit');
  expect(exits.map((exit) => [exit.node, exit.signal, exit.code])).toEqual(killed.map((id) => [id, 'terminate', null]));
});

test('a stopped node ends by itself, and restart of one that runs stops it first', async () => {
  events.length = 0;
  await cluster.stop('dn-1');
  expect(await stateOf('dn-1')).toBe('stopped');
  await cluster.restart('dn-1', 'dn-2');
  await areLive();
  const exits = events.filter((event) => event.event === 'node-exit');
  expect(exits.map((exit) => [exit.node, exit.signal, exit.code])).toEqual([
    ['dn-1', null, 0],
    ['dn-2', null, 0],
  ]);
});

test('a paused node is seen to stand still, says nothing, can be killed or stopped, and goes on when it is resumed', async () => {
  const isSuspended = (id: string): boolean => cluster.probe.isSuspended(node(id).life!) === true;
  await cluster.pause('dn-1');
  await until('dn-1 stands still', () => isSuspended('dn-1'));
  expect(cluster.probe.isAlive(node('dn-1').life!)).toBe(true);
  expect(isSuspended('dn-2')).toBe(false);
  const written = readFileSync(node('dn-1').log, 'utf8').length;
  // Its port is the kernel's; what it should say does not come.
  const [host, port] = node('dn-1').address.split(':');
  const socket = connect(Number(port), host);
  let heard = 0;
  socket.on('data', () => heard++).on('error', () => undefined);
  socket.write(Buffer.alloc(64));
  await until('the masters miss it', () => readFileSync(leaderLog(), 'utf8').includes('dn-1'));
  await delay(300);
  expect([heard, readFileSync(node('dn-1').log, 'utf8').length]).toEqual([0, written]);
  await cluster.resume('dn-1');
  await until('dn-1 goes on', () => !isSuspended('dn-1') && readFileSync(node('dn-1').log, 'utf8').length > written);
  socket.destroy();
  await areLive();
  await cluster.pause('dn-1', 'dn-2');
  await until('both stand still', () => isSuspended('dn-1') && isSuspended('dn-2'));
  await Promise.all([cluster.stop('dn-1'), cluster.kill('dn-2')]);
  await cluster.restart('dn-1', 'dn-2');
  await areLive();
});

const leaderLog = (): string => cluster.masters()[0]!.log;

test('another master leads when the leader is killed, or paused, and writes go on', async () => {
  for (const action of ['kill', 'pause'] as const) {
    const { leader, term } = await cluster.status();
    await cluster[action](leader!);
    await client.writeFile(`/after-${action}`, action);
    await until('a new leader', async () => {
      const status = await cluster.status();
      return status.leader !== null && status.leader !== leader && status.term > term;
    });
    await (action === 'kill' ? cluster.restart(leader!) : cluster.resume(leader!));
    await areLive();
  }
  expect(await client.readFile('/after-pause', 'utf8')).toBe('pause');
});

test('the end of the host process is the end of all nodes, the lab says so, and restart makes a new one', async () => {
  events.length = 0;
  const first = cluster.hostPid!;
  process.kill(first, 'SIGKILL');
  await until('all nodes are gone', () => nodes().every(({ life }) => life === null));
  const exits = events.filter((event) => event.event === 'node-exit');
  expect(exits.map((exit) => [exit.node, exit.signal]).sort()).toEqual(
    nodes()
      .map(({ id }) => [id, 'SIGKILL'])
      .sort(),
  );
  await cluster.restart(...nodes().map(({ id }) => id));
  expect(cluster.hostPid).not.toBe(first);
  await areLive();
  await until('the lab says so', () =>
    events.some((event) => event.event === 'node-log' && /process that hosts all nodes ended by SIGKILL/.test(event.message)),
  );
  expect(await client.readFile('/after-kill', 'utf8')).toBe('kill');
  const running = JSON.parse(readFileSync(`${cluster.dir}/running.json`, 'utf8')) as { children: { id: string; pid: number }[] };
  expect(running.children.map(({ id, pid }) => [id, pid])).toEqual([['host', cluster.hostPid]]);
});

test('Cluster.close leaves no process and no folder, also with a node paused and one killed', async () => {
  const host = cluster.hostPid!;
  await cluster.pause('dn-1');
  await cluster.kill('dn-2');
  await cluster.close();
  expect(identityOf(host)).toBeNull();
  expect(existsSync(cluster.dir)).toBe(false);
});
