/** Faults on the links of a cluster of real processes: what a client sees while each is in force, and afterwards. */
import { createHash } from 'node:crypto';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { DistriFS } from '../../../src/index.js';
import { KIB } from '../../../src/shared/limits.js';
import { Cluster } from '../../../src/supervisor/cluster/cluster.js';
import type { NetworkFault } from '../../../src/supervisor/api/fault.js';
import { until } from '../../until.js';

const BOTH = { direction: 'both' } as const;
const LOT = { choiceSeed: 3 };
const CONTENT = Buffer.alloc(96 * KIB, 'content ');
const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

let cluster: Cluster;
const clients: DistriFS[] = [];
beforeAll(async () => {
  cluster = await Cluster.start({ masters: 1, datanodes: 3, replication: 2 });
});
afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.close()));
  await cluster.heal();
});
afterAll(() => cluster.close());

async function connect(identity: string): Promise<DistriFS> {
  const [master] = cluster.masters();
  const client = await DistriFS.connect({
    master: master!.address,
    proxy: cluster.clientProxy(identity),
    profile: 'fast',
    timings: { masterPatienceMs: 2_500 },
  });
  clients.push(client);
  return client;
}

/** Puts a file; tells how that ended: ok, or the code of its error. */
async function put(client: DistriFS, path: string): Promise<string> {
  try {
    await client.writeFile(path, CONTENT);
    return 'ok';
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? String(error);
  }
}

async function readsBack(client: DistriFS, path: string): Promise<void> {
  expect(sha256(await client.readFile(path))).toBe(sha256(CONTENT));
}

test('delay: a put takes the round trips, and is whole', async () => {
  const client = await connect('slow');
  const fault: NetworkFault = { action: 'delay', delayMs: 40, jitterMs: 10, ...BOTH };
  const injection = await cluster.inject(fault, ['m-1'], { ...LOT, targets: ['slow'] });
  const startMs = performance.now();
  expect(await put(client, '/delayed')).toBe('ok');
  // At the least: create, assign, commit and complete, there and back.
  expect(performance.now() - startMs).toBeGreaterThanOrEqual(4 * 2 * 40);
  await readsBack(client, '/delayed');
  expect(injection.counts).toBe('messages delayed');
  expect(await injection.effects()).toBeGreaterThan(8);
  await injection.lift();
  const atLift = await injection.effects();
  expect(await put(client, '/after-delay')).toBe('ok');
  expect(await injection.effects()).toBe(atLift);
});

test('bandwidth: a put takes as long as the line, and is whole', async () => {
  const client = await connect('narrow');
  const datanodes = cluster.datanodes().map(({ id }) => id);
  const fault: NetworkFault = { action: 'bandwidth', bytesPerSecond: 200 * KIB, direction: 'from' };
  const injection = await cluster.inject(fault, datanodes, { ...LOT, targets: ['narrow'] });
  const startMs = performance.now();
  expect(await put(client, '/narrow')).toBe('ok');
  expect(performance.now() - startMs).toBeGreaterThanOrEqual((CONTENT.length / (200 * KIB)) * 1_000 - 10);
  expect([injection.counts, (await injection.effects()) > 0]).toEqual(['messages slowed', true]);
  await injection.lift();
  await readsBack(client, '/narrow');
});

test('refuse: who is connected goes on, who comes new fails by name, until it is lifted', async () => {
  const client = await connect('known');
  await client.writeFile('/warm', 'x');
  const injection = await cluster.inject({ action: 'refuse', ...BOTH }, ['m-1'], LOT);
  await client.mkdir('/still');
  expect(await put(await connect('late'), '/late')).toBe('ECONNREFUSED');
  expect([injection.counts, (await injection.effects()) > 0]).toEqual(['connections refused', true]);
  await injection.lift();
  const fresh = await connect('later');
  expect(await put(fresh, '/later')).toBe('ok');
  await readsBack(fresh, '/later');
});

test('reset between a client and all datanodes: a put fails by name, and is possible again after heal', async () => {
  const client = await connect('broken');
  const datanodes = cluster.datanodes().map(({ id }) => id);
  const injection = await cluster.inject({ action: 'reset', ...BOTH }, datanodes, { ...LOT, targets: ['broken'] });
  expect(await put(client, '/reset')).toMatch(/^E[A-Z]+$/);
  expect([injection.counts, (await injection.effects()) > 0]).toEqual(['connections reset', true]);
  expect((await cluster.status()).nodes.filter((node) => node.partitioned).map((node) => node.id)).toEqual(datanodes);
  await cluster.heal();
  await until(async () => (await put(client, '/healed')) === 'ok', 'a put after heal');
  await readsBack(client, '/healed');
  expect(await client.exists('/reset')).toBe(false);
});

test('a partition in halves of the datanodes: the master hears all of them, and a put survives', async () => {
  const client = await connect('halves');
  const datanodes = cluster.datanodes().map(({ id }) => id);
  const injection = await cluster.inject({ action: 'partition', kind: 'stall', shape: 'halves', ...BOTH }, datanodes, LOT);
  await put(client, '/halves');
  expect((await cluster.status()).nodes.every(({ state }) => state === 'live')).toBe(true);
  await injection.lift();
  expect(await put(client, '/whole')).toBe('ok');
  await readsBack(client, '/whole');
});
