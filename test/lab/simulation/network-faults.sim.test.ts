import { expect, test } from 'vitest';
import { KIB } from '../../../src/shared/limits.js';
import type { Runtime } from '../../../src/shared/runtime.js';
import type { NetworkFault } from '../../../src/supervisor/api/fault.js';
import type { SimWorld } from './fault-world.js';
import { withCluster } from './fault-world.js';

const LOT = { choiceSeed: 1 };
const BOTH = { direction: 'both' } as const;
const content = (count: number): Uint8Array => Uint8Array.from({ length: count }, (_, i) => (i * 7) & 0xff);

/** How long a new connection takes; null when there is none within a second. */
async function dialMs({ sim }: SimWorld, from: Runtime, address: string): Promise<number | null> {
  const beganMs = sim.nowMs;
  try {
    (await from.net.dial(address, { timeoutMs: 1_000 })).destroy();
    return sim.nowMs - beganMs;
  } catch {
    return null;
  }
}

test('SimulatedCluster: a partition cuts a group off, not the inside of it, and is gone after lift', () =>
  withCluster({}, async (world) => {
    const { cluster, sim } = world;
    const [inside, outside] = [sim.machine('dn-1').boot(), sim.machine('dn-3').boot()];
    const fault: NetworkFault = { action: 'partition', kind: 'stall', ...BOTH };
    const injection = await cluster.inject(fault, ['dn-1', 'dn-2'], LOT);
    await world.reaches('dn-1', 'stale', 'dead');
    await world.reaches('dn-2', 'stale', 'dead');
    expect(await world.state('dn-3')).toBe('live');
    expect(await injection.effects()).toBeGreaterThan(0);
    expect(await dialMs(world, inside, 'dn-2:7100')).not.toBeNull();
    expect(await dialMs(world, inside, 'dn-3:7100')).toBeNull();
    expect(await dialMs(world, outside, 'dn-2:7100')).toBeNull();
    await injection.lift();
    await world.reaches('dn-1', 'live');
    await world.reaches('dn-2', 'live');
    expect(await dialMs(world, inside, 'dn-3:7100')).not.toBeNull();
  }));

test('SimulatedCluster: isolate cuts each of two nodes off from the other too', () =>
  withCluster({}, async (world) => {
    const { cluster, sim } = world;
    const inside = sim.machine('dn-1').boot();
    const injection = await cluster.inject({ action: 'isolate', kind: 'reset', ...BOTH }, ['dn-1', 'dn-2'], LOT);
    await world.reaches('dn-2', 'stale', 'dead');
    expect(await dialMs(world, inside, 'dn-2:7100')).toBeNull();
    expect(await injection.effects()).toBeGreaterThan(0);
    await injection.lift();
    await world.reaches('dn-1', 'live');
    await world.reaches('dn-2', 'live');
    expect(await dialMs(world, inside, 'dn-2:7100')).not.toBeNull();
  }));

test('SimulatedCluster: a cut with targets leaves the rest alone, and one with a direction the other way', () =>
  withCluster({}, async (world) => {
    const { cluster, sim } = world;
    const [first, second, third] = ['dn-1', 'dn-2', 'dn-3'].map((id) => sim.machine(id).boot()) as [Runtime, Runtime, Runtime];
    const between = await cluster.inject({ action: 'isolate', kind: 'stall', ...BOTH }, ['dn-1'], { targets: ['dn-2'], ...LOT });
    expect(await dialMs(world, first, 'dn-2:7100')).toBeNull();
    expect(await dialMs(world, second, 'dn-1:7100')).toBeNull();
    expect(await dialMs(world, first, 'dn-3:7100')).not.toBeNull();
    await sim.advance(2_000);
    expect(await world.state('dn-1')).toBe('live');
    await between.lift();
    const refused = await cluster.inject({ action: 'refuse', direction: 'to' }, ['dn-3'], LOT);
    expect(await dialMs(world, third, 'dn-1:7100')).toBeNull();
    expect(await dialMs(world, first, 'dn-3:7100')).not.toBeNull();
    await refused.lift();
    const other = await cluster.inject({ action: 'refuse', direction: 'from' }, ['dn-3'], LOT);
    expect(await dialMs(world, third, 'dn-1:7100')).not.toBeNull();
    expect(await dialMs(world, first, 'dn-3:7100')).toBeNull();
    await other.lift();
    expect(await dialMs(world, first, 'dn-3:7100')).not.toBeNull();
  }));

test('SimulatedCluster: a cut concerns clients that come later, and never the line of the lab', () =>
  withCluster({}, async (world) => {
    const { cluster } = world;
    const injection = await cluster.inject({ action: 'isolate', kind: 'stall', ...BOTH }, ['m-1'], LOT);
    const late = world.client('late');
    await expect(late.exists('/')).rejects.toMatchObject({ code: 'ETIMEDOUT' });
    expect((await cluster.status()).masterReachable).toBe(true);
    await injection.lift();
    expect(await late.exists('/')).toBe(true);
    await late.close();
  }));

test('SimulatedCluster: delay and bandwidth make calls and files take longer, until lift', () =>
  withCluster({}, async (world) => {
    const { cluster } = world;
    const client = world.client();
    await client.writeFile('/warm', content(200 * KIB));
    const look = (): Promise<boolean> => client.exists('/warm');
    const read = (): Promise<Buffer> => client.readFile('/warm');
    const [lookMs, readMs] = [await world.timed(look), await world.timed(read)];
    const delay = await cluster.inject({ action: 'delay', delayMs: 100, jitterMs: 20, ...BOTH }, ['m-1'], LOT);
    const slowMs = await world.timed(look);
    expect(slowMs).toBeGreaterThan(200);
    expect(slowMs).toBeLessThan(260 + lookMs);
    expect(await delay.effects()).toBeGreaterThan(1);
    await delay.lift();
    expect(await world.timed(look)).toBeLessThan(50);
    const nodes = cluster.datanodes().map((node) => node.id);
    const line = await cluster.inject({ action: 'bandwidth', bytesPerSecond: 200 * KIB, direction: 'to' }, nodes, LOT);
    // Each datanode has a line of its own to the client; a chunk of 64 KiB takes a third of a second on one.
    expect(await world.timed(read)).toBeGreaterThan(readMs + 250);
    expect(await line.effects()).toBeGreaterThan(2);
    await line.lift();
    expect(await world.timed(read)).toBeLessThan(readMs + 50);
    await client.close();
  }));

test('SimulatedCluster: reset breaks live connections and refuses new ones, refuse only the latter', () =>
  withCluster({}, async (world) => {
    const { cluster } = world;
    const client = world.client();
    expect(await client.exists('/')).toBe(true);
    const refuse = await cluster.inject({ action: 'refuse', ...BOTH }, ['m-1'], LOT);
    expect(await client.exists('/')).toBe(true);
    const late = world.client('late');
    await expect(late.exists('/')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    expect(await refuse.effects()).toBeGreaterThan(0);
    await refuse.lift();
    expect(await late.exists('/')).toBe(true);
    const reset = await cluster.inject({ action: 'reset', ...BOTH }, ['m-1'], LOT);
    await expect(client.exists('/')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    expect(await reset.effects()).toBeGreaterThan(0);
    await reset.lift();
    expect(await client.exists('/')).toBe(true);
    await Promise.all([client.close(), late.close()]);
  }));

test('SimulatedCluster.heal ends all network faults, or the part that concerns some nodes', () =>
  withCluster({}, async (world) => {
    const { cluster, sim } = world;
    await cluster.partition(['dn-1', 'dn-2']);
    await cluster.isolate(['dn-3'], { kind: 'reset' });
    await world.reaches('dn-1', 'stale', 'dead');
    await world.reaches('dn-3', 'stale', 'dead');
    await cluster.heal(['dn-1', 'dn-3']);
    await world.reaches('dn-1', 'live');
    await world.reaches('dn-3', 'live');
    expect((await cluster.status()).nodes.filter((node) => node.partitioned).map((node) => node.id)).toEqual(['dn-2']);
    expect(await dialMs(world, sim.machine('dn-1').boot(), 'dn-2:7100')).toBeNull();
    await cluster.heal();
    await world.reaches('dn-2', 'live');
    const fault: NetworkFault = { action: 'delay', delayMs: 300, jitterMs: 0, ...BOTH };
    const delay = await cluster.inject(fault, ['dn-1'], { targets: ['dn-2'], ...LOT });
    await cluster.heal(['dn-2']);
    expect(await dialMs(world, sim.machine('dn-1').boot(), 'dn-2:7100')).toBeLessThan(50);
    expect(await delay.effects()).toBe(0);
    await delay.lift();
  }));

test.each([
  ['halves', 4],
  ['bridge', 1],
  ['ring', 2],
] as const)(
  'SimulatedCluster: a partition of shape %s cuts nodes from each other, not from the master, until lift',
  (shape, cuts) =>
    withCluster({ datanodes: shape === 'bridge' ? 3 : 4 }, async (world) => {
      const { cluster, sim } = world;
      const names = cluster.datanodes().map(({ id }) => id);
      const runtimes = new Map(names.map((id) => [id, sim.machine(id).boot()]));
      const silent = async (): Promise<string[]> => {
        const pairs = names.flatMap((from, index) => names.slice(index + 1).map((to) => [from, to] as const));
        const found: string[] = [];
        for (const [from, to] of pairs) {
          const runtime = runtimes.get(from);
          if (runtime !== undefined && (await dialMs(world, runtime, `${to}:7100`)) === null) found.push(`${from} ${to}`);
        }
        return found;
      };
      const fault: NetworkFault = { action: 'partition', kind: 'stall', shape, ...BOTH };
      const injection = await cluster.inject(fault, names, LOT);
      expect(await silent()).toHaveLength(cuts);
      expect(await injection.effects()).toBeGreaterThan(0);
      await sim.advance(2_000);
      for (const id of names) expect(await world.state(id)).toBe('live');
      await injection.lift();
      expect(await silent()).toEqual([]);
    }),
);

test('SimulatedCluster: a shape of too few nodes strikes nothing', () =>
  withCluster({}, async ({ cluster }) => {
    const fault: NetworkFault = { action: 'partition', kind: 'stall', shape: 'ring', ...BOTH };
    await expect(cluster.inject(fault, ['dn-1', 'dn-2'], LOT)).rejects.toThrow('needs 3 nodes');
  }));
