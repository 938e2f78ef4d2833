import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { beforeAll, afterAll, expect, onTestFinished, test } from 'vitest';
import { DistriFS } from '../../../src/index.js';
import { Cluster } from '../../../src/supervisor/cluster/cluster.js';
import type { ClusterEvent } from '../../../src/supervisor/api/cluster-events.js';
import type { DamageFault, ActiveFault, LastingFault } from '../../../src/supervisor/api/fault.js';

async function until(condition: () => boolean | Promise<boolean>, what: string): Promise<void> {
  const deadlineMs = performance.now() + 30_000;
  while (!(await condition())) {
    if (performance.now() > deadlineMs) throw new Error(`Not within 30 s: ${what}`);
    await delay(20);
  }
}

let cluster: Cluster;
let client: DistriFS;

beforeAll(async () => {
  cluster = await Cluster.start({ masters: 1, datanodes: 2, replication: 2 });
  const master = cluster.masters().map(({ address }) => address);
  client = await DistriFS.connect({ master: master.join(), proxy: cluster.clientProxy(), profile: 'fast' });
});

afterAll(async () => {
  await client.close();
  await cluster.close();
});

const NODES = ['dn-1', 'dn-2'];
const live = (): Promise<void> =>
  until(async () => (await cluster.status()).nodes.every(({ state }) => state === 'live'), 'every node is live');
async function inject(fault: LastingFault | DamageFault, ...nodeIds: string[]): Promise<ActiveFault> {
  const injection = await cluster.inject(fault, nodeIds, { choiceSeed: 5 });
  onTestFinished(() => injection.lift());
  return injection;
}
const exitsOf = (node: string): ClusterEvent[] => {
  const exits: ClusterEvent[] = [];
  onTestFinished(
    cluster.onEvent((event) => {
      if (event.event === 'node-exit' && event.node === node) exits.push(event);
    }),
  );
  return exits;
};
let files = 0;
async function put(): Promise<number> {
  const [path, begunMs] = [`/f${++files}`, performance.now()];
  await client.writeFile(path, Buffer.alloc(200_000, files));
  const tookMs = performance.now() - begunMs;
  expect(await client.readFile(path)).toEqual(Buffer.alloc(200_000, files));
  return tookMs;
}
const folderOf = (id: string): string =>
  [...cluster.masters(), ...cluster.datanodes()].find((node) => node.id === id)?.dataDir ?? '';

test('slow disks: a put takes at least as long as its calls are slowed, and not after', async () => {
  const slow = await inject({ action: 'slow', delayMs: 60 }, ...NODES);
  // At least: open, write, fsync, rename, fsync of the folder, one after the other.
  expect(await put()).toBeGreaterThan(5 * 60);
  expect(await slow.effects()).toBeGreaterThanOrEqual(2 * 5);
  await slow.lift();
  const effects = await slow.effects();
  await put();
  expect(await slow.effects()).toBe(effects);
});

test('a full disk: a put waits for room, over lives of the nodes, and the folders keep to their limits; lifted, it ends', async () => {
  const used = (id: string): number =>
    readdirSync(folderOf(id)).reduce(
      (sum, name) => sum + (statSync(join(folderOf(id), name), { throwIfNoEntry: false })?.size ?? 0),
      0,
    );
  const before = NODES.map(used);
  const fill = await inject({ action: 'fill', freeBytes: 300_000 }, ...NODES);
  const writing = client.writeFile('/too-large', Buffer.alloc(2_000_000, 7));
  await until(async () => (await fill.effects()) > 3, 'calls find no room');
  const effects = await fill.effects();
  await cluster.restart('dn-1');
  await until(async () => (await fill.effects()) > effects, 'they do in the next life, too');
  for (const [at, id] of NODES.entries()) expect(used(id)).toBeLessThanOrEqual((before[at] ?? 0) + 300_000);
  await fill.lift();
  await writing;
  expect(await client.readFile('/too-large')).toEqual(Buffer.alloc(2_000_000, 7));
  const full = await inject({ action: 'enospc' }, ...NODES);
  const waiting = client.writeFile('/nothing-fits', 'x');
  await until(async () => (await full.effects()) > 0, 'nothing fits');
  await full.lift();
  await waiting;
  await put();
});

test('reads that fail: the other replica serves; a node whose fsync fails gives the write up, or itself', async () => {
  await put();
  const read = await inject({ action: 'eio', calls: 'read', percent: 100, file: 'chunk' }, 'dn-1');
  // Chance decides which of the two is asked.
  await until(async () => {
    expect(await client.readFile(`/f${files}`)).toEqual(Buffer.alloc(200_000, files));
    return (await read.effects()) > 0;
  }, 'a replica that cannot be read is asked for');
  await read.lift();
  await live();
  const exits = exitsOf('m-1');
  const sync = await inject({ action: 'eio', calls: 'sync', percent: 100, file: 'log' }, 'm-1');
  client.mkdir('/while-the-log-fails').catch(() => undefined);
  await until(() => exits.length > 0, 'the master ends');
  expect(exits).toMatchObject([{ code: 1, signal: null }]);
  expect(await sync.effects()).toBeGreaterThan(0);
  await sync.lift();
  await cluster.restart('m-1');
  await live();
  await put();
});

test('a clock that is wrong: modification times follow it, over lives, and are right again', async () => {
  const HOUR_MS = 3_600_000;
  const mtimeMs = async (path: string): Promise<number> => {
    await client.writeFile(path, 'x');
    return (await client.stat(path)).mtime.getTime();
  };
  const skew = await inject({ action: 'skew', offsetMs: -HOUR_MS }, 'm-1');
  const nowMs = Date.now();
  expect(Math.abs((await mtimeMs('/skewed')) - (nowMs - HOUR_MS))).toBeLessThan(60_000);
  await cluster.restart('m-1');
  await live();
  expect(Math.abs((await mtimeMs('/skewed-still')) - (nowMs - HOUR_MS))).toBeLessThan(60_000);
  expect(await skew.effects()).toBeGreaterThan(1);
  await skew.lift();
  expect(Math.abs((await mtimeMs('/right')) - nowMs)).toBeLessThan(60_000);
});

test('a slow CPU: the process is held for most of each period, is not taken for suspended, and runs on', async () => {
  const cpuTicks = (): number => {
    const stat = readFileSync(`/proc/${cluster.datanodes()[0]?.pid ?? 0}/stat`, 'utf8');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[11]);
  };
  const slow = await inject({ action: 'slow-cpu', percent: 80 }, 'dn-1');
  let suspended = 0;
  await until(async () => {
    if (readFileSync(`/proc/${cluster.datanodes()[0]?.pid ?? 0}/stat`, 'utf8').includes(') T ')) suspended++;
    expect(cluster.probe.isSuspended(cluster.datanodes()[0]?.life ?? 0)).toBe(false);
    return suspended > 5 && (await slow.effects()) > 10;
  }, 'it is seen suspended');
  expect(cpuTicks()).toBeGreaterThan(0);
  await cluster.pause('dn-1');
  expect((await cluster.status()).nodes.find(({ id }) => id === 'dn-1')?.state).toBe('paused');
  // No period of the throttle wakes it up, and none is taken from who would not run anyway.
  const whilePaused = await slow.effects();
  await delay(250);
  expect(await slow.effects()).toBe(whilePaused);
  expect(cluster.probe.isSuspended(cluster.datanodes()[0]?.life ?? 0)).toBe(true);
  await cluster.resume('dn-1');
  await slow.lift();
  await live();
  const after = await slow.effects();
  await put();
  expect(await slow.effects()).toBe(after);
});

test('a fault ordered of a suspended node waits for it', async () => {
  await cluster.pause('dn-2');
  const slow = await inject({ action: 'slow', delayMs: 1 }, 'dn-2');
  expect(await slow.effects()).toBe(0);
  await cluster.resume('dn-2');
  await live();
  await put();
  await until(async () => (await slow.effects()) > 0, 'it strikes');
  await slow.lift();
});
