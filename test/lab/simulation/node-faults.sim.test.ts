import { expect, test } from 'vitest';
import { KIB } from '../../../src/shared/limits.js';
import { POWER_CUT } from '../../../src/supervisor/host/node-host.js';
import { withCluster } from './fault-world.js';
import { ROLES } from './fixtures.js';

const content = (count: number): Uint8Array => Uint8Array.from({ length: count }, (_, i) => (i * 7) & 0xff);

test('SimulatedCluster.powercut takes several machines at one moment, with what was not fsynced', () =>
  withCluster({}, async (world) => {
    const { cluster, sim } = world;
    const { disk } = sim.machine('dn-1').boot();
    const files = await Promise.all(
      Array.from({ length: 20 }, async (_, i) => {
        const file = await disk.open(`unsynced-${i}`, 'create');
        await file.write(content(100), 0);
        return file;
      }),
    );
    await files[0]?.sync();
    await disk.syncDirectory('.');
    await cluster.powercut('dn-1', 'dn-2');
    expect(world.exits()).toMatchObject([
      { node: 'dn-1', how: POWER_CUT },
      { node: 'dn-2', how: POWER_CUT },
    ]);
    expect(sim.machine('dn-1').isPowered).toBe(false);
    const whole = sim
      .machine('dn-1')
      .disk.files()
      .filter((name) => {
        return name.startsWith('unsynced') && sim.machine('dn-1').disk.readFile(name).length === 100;
      });
    expect(whole).toContain('unsynced-0');
    expect(whole.length).toBeLessThan(20);
    await world.reaches('dn-1', 'stopped');
    await cluster.restart('dn-1', 'dn-2');
    await world.reaches('dn-1', 'live');
    await world.reaches('dn-2', 'live');
  }));

test('SimulatedCluster.strike kills at a call that the lot decides, all nodes at one moment', async () => {
  const moments = new Set<number>();
  for (let choiceSeed = 80; choiceSeed < 86; choiceSeed++) {
    await withCluster({}, async (world) => {
      const { cluster, sim } = world;
      const client = world.client();
      await client.writeFile('/warm', content(10));
      // Enough for every datanode to have something to do.
      const files = ['/a', '/b'].map((path) => client.writeFile(path, content(64 * KIB)).catch(() => undefined));
      const writing = Promise.all(files);
      // Of three running nodes this lot begins with the second.
      const callsBefore = sim.machine('dn-1').calls;
      const power = choiceSeed % 2 === 1;
      await cluster.strike(['m-1', 'dn-1', 'dn-2'], { power, choiceSeed });
      expect(sim.machine('dn-1').calls - callsBefore).toBeGreaterThanOrEqual((choiceSeed % 40) + 1);
      const how = power ? POWER_CUT : 'SIGKILL';
      expect(world.exits().map((exit) => [exit.node, exit.how])).toEqual([
        ['dn-1', how],
        ['m-1', how],
        ['dn-2', how],
      ]);
      expect(new Set(world.exits().map((exit) => exit.atMs)).size).toBe(1);
      moments.add(sim.nowMs);
      await cluster.restart('m-1', 'dn-1', 'dn-2');
      await writing;
      for (const id of ['dn-1', 'dn-2', 'm-1']) await world.reaches(id, 'live');
      await client.close();
    });
  }
  expect(moments.size).toBe(6);
});

test('SimulatedCluster.strike takes a paused node, which makes no calls, 100 ms later', () =>
  withCluster({}, async (world) => {
    const { cluster } = world;
    await cluster.pause('dn-1');
    expect(await world.timed(() => cluster.strike(['dn-1'], { power: false, choiceSeed: 3 }))).toBeCloseTo(100, 0);
    expect(cluster.datanodes()[0]?.pid).toBeNull();
    await cluster.restart('dn-1');
    await world.reaches('dn-1', 'live');
  }));

test('SimulatedCluster.wipe empties a disk whose chunks have two good copies elsewhere, and repair fills it', () =>
  withCluster({ datanodes: 3 }, async (world) => {
    const { cluster, sim } = world;
    const client = world.client();
    await client.writeFile('/a', content(200 * KIB));
    await cluster.wipe('dn-2');
    expect(sim.machine('dn-2').disk.files()).toEqual([]);
    expect(await world.state('dn-2')).toBe('stopped');
    await cluster.restart('dn-2');
    await world.reaches('dn-2', 'live');
    const isRepaired = async (): Promise<boolean> => [...world.goodCopies().values()].every((copies) => copies.length === 3);
    await world.until(isRepaired, 'every chunk has three good copies');
    expect(world.goodCopies().size).toBe(4);
    await client.close();
  }));

test('SimulatedCluster.forceWipe takes the last good copies of a chunk, and spares masters', () =>
  withCluster({ datanodes: 3 }, async (world) => {
    const { cluster, sim } = world;
    const client = world.client();
    await client.writeFile('/a', content(10));
    await expect(cluster.wipe('dn-1', 'dn-2')).rejects.toThrow('wipe with force (force=yes, or lab wipe --force)');
    await expect(cluster.forceWipe('m-1')).rejects.toMatchObject({ name: 'NothingToStrike' });
    await cluster.forceWipe('dn-1', 'dn-2', 'dn-3');
    for (const id of ['dn-1', 'dn-2', 'dn-3']) expect(sim.machine(id).disk.files()).toEqual([]);
    expect(world.goodCopies().size).toBe(0);
    await client.close();
  }));

test('SimulatedCluster.wipe and damage never take the second last good copy, nor a master', () =>
  withCluster({ datanodes: 3 }, async (world) => {
    const { cluster, sim } = world;
    const client = world.client();
    await client.writeFile('/a', content(10));
    const before = sim.machine('dn-1').disk.files();
    await expect(cluster.wipe('dn-1', 'dn-2')).rejects.toMatchObject({ name: 'NothingToStrike' });
    await expect(cluster.wipe('m-1')).rejects.toMatchObject({
      name: 'NothingToStrike',
      message: 'm-1 is the only master: its log has no other copy',
    });
    expect(cluster.datanodes().every((node) => node.pid !== null)).toBe(true);
    await cluster.inject({ action: 'bitflip', file: 'chunk' }, ['dn-3'], { choiceSeed: 5 });
    await expect(cluster.wipe('dn-1')).rejects.toMatchObject({ name: 'NothingToStrike' });
    await expect(cluster.inject({ action: 'remove', file: 'meta' }, ['dn-1'], { choiceSeed: 5 })).rejects.toMatchObject({
      name: 'NothingToStrike',
      message: "dn-1 holds no good replica of a file's chunk with 2 other good copies",
    });
    expect(sim.machine('dn-1').disk.files()).toEqual(before);
    // What holds nothing good may be wiped.
    await cluster.wipe('dn-3');
    await cluster.restart('dn-3');
    await client.close();
  }));

test.each(['bitflip', 'truncate', 'remove'] as const)(
  'SimulatedCluster: %s damages one file of one replica, chosen by lot, and nobody reads wrong bytes',
  async (action) => {
    const struck = new Set<string>();
    for (const file of ['chunk', 'meta'] as const) {
      for (const choiceSeed of [1, 2, 3]) {
        await withCluster({ datanodes: 3 }, async (world) => {
          const { cluster } = world;
          const client = world.client();
          await client.writeFile('/a', content(200 * KIB));
          const injection = await cluster.inject({ action, file }, ['dn-2'], { choiceSeed });
          expect(await injection.effects()).toBe(1);
          expect(injection.counts).toMatch(/dn-2 chunk-/);
          const bad = [...world.goodCopies()].filter(([, copies]) => copies.length !== 3);
          expect(bad.map(([, copies]) => copies.map((copy) => copy.nodeId))).toEqual([['dn-1', 'dn-3']]);
          struck.add(`${file} ${bad[0]?.[0].slice(-4)}`);
          expect(Buffer.compare(await client.readFile('/a'), content(200 * KIB))).toBe(0);
          await injection.lift();
          await client.close();
        });
      }
    }
    expect(struck.size).toBeGreaterThan(3);
  },
);

test('SimulatedCluster finds the nodes that hold a file, and those that are writing', () =>
  withCluster({}, async (world) => {
    const { cluster, sim } = world;
    const client = world.client();
    await client.writeFile('/a', content(10));
    const held = [...world.goodCopies().values()].flat().map((copy) => copy.nodeId);
    expect(held).toHaveLength(3);
    await world.until(async () => (await cluster.holders('/a')).length === 3, 'the master knows the holders');
    expect([...(await cluster.holders('/a'))].sort()).toEqual(held.sort());
    expect(await cluster.holders('/none')).toEqual([]);
    expect(await cluster.writers()).toEqual([]);
    const writing = client.writeFile('/b', content(64 * KIB));
    const isWriting = (id: string): boolean =>
      sim
        .machine(id)
        .disk.files()
        .some((name) => name.endsWith('.tmp'));
    await sim.runUntil(() => cluster.datanodes().filter(({ id }) => isWriting(id)).length === 3);
    expect(await cluster.writers()).toEqual(['dn-1', 'dn-2', 'dn-3', 'dn-4'].filter(isWriting));
    await writing;
    expect(await cluster.writers()).toEqual([]);
    await client.close();
  }));

test('SimulatedCluster.stop ends a node that cannot let go of its things in order', () => {
  const roles: typeof ROLES = {
    ...ROLES,
    startDatanode: async (runtime, config) => {
      const node = await ROLES.startDatanode(runtime, config);
      return { address: node.address, failed: node.failed, stop: () => Promise.reject(new Error('planted')) };
    },
  };
  return withCluster({ roles }, async (world) => {
    const { cluster } = world;
    await cluster.stop('dn-1');
    expect(world.exits()).toMatchObject([{ node: 'dn-1', how: 1 }]);
    await cluster.restart('dn-1');
    await world.reaches('dn-1', 'live');
  });
});

test('SimulatedCluster.add: nodes by the next free names serve, are seen live, and are struck like any other', () =>
  withCluster({ datanodes: 2, replication: 3 }, async (world) => {
    const { cluster } = world;
    const client = world.client();
    await expect(cluster.add('dn-4')).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
    await expect(cluster.add()).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
    await client.writeFile('/a', content(10 * KIB));
    const lacks = async (): Promise<number> => (await cluster.status()).chunks.underReplicated;
    await world.until(async () => (await lacks()) === 1, 'a copy is missing');
    await cluster.add('dn-4', 'dn-3');
    expect(await world.state('dn-4')).toBe('live');
    expect(cluster.datanodes().map(({ id }) => id)).toEqual(['dn-1', 'dn-2', 'dn-3', 'dn-4']);
    await world.until(async () => (await lacks()) === 0, 'the copy is made on a node that is new');
    expect(world.events).toContainEqual(expect.objectContaining({ event: 'fault', action: 'add', nodes: ['dn-3', 'dn-4'] }));
    const isolated = await cluster.inject({ action: 'isolate', kind: 'stall', direction: 'both' }, ['dn-3'], { choiceSeed: 1 });
    await world.reaches('dn-3', 'stale', 'dead');
    await isolated.lift();
    await world.reaches('dn-3', 'live');
    await cluster.kill('dn-4');
    await world.reaches('dn-4', 'stopped', 'dead');
    await cluster.restart('dn-4');
    await world.reaches('dn-4', 'live');
    await client.close();
  }));

test('SimulatedCluster: a folder that is put back is as it was at the backup; without a backup nothing is done', () =>
  withCluster({}, async (world) => {
    const { cluster, sim } = world;
    const client = world.client();
    await expect(cluster.restoreOld('dn-1')).rejects.toThrow('dn-1 has no backup');
    await client.writeFile('/kept', content(10));
    await cluster.backup('m-1');
    const before = sim.machine('m-1').disk.files();
    await client.writeFile('/lost', content(20));
    await cluster.restoreOld('m-1');
    expect(sim.machine('m-1').disk.files()).toEqual(before);
    expect(await world.state('m-1')).toBe('stopped');
    await cluster.restart('m-1');
    await world.until(async () => (await client.readFile('/kept').catch(() => null)) !== null, '/kept is read');
    await expect(client.readFile('/lost')).rejects.toMatchObject({ code: 'ENOENT' });
    await client.close();
  }));

test('SimulatedCluster.refound: the masters make another cluster, and datanodes keep their folders and end', () =>
  withCluster({}, async (world) => {
    const { cluster, sim } = world;
    const client = world.client();
    await client.writeFile('/old', content(10));
    await expect(cluster.refound('dn-1')).rejects.toThrow('only all masters together make a new cluster');
    const chunks = (id: string): string[] =>
      sim
        .machine(id)
        .disk.files()
        .filter((name) => name.startsWith('chunk-'));
    const before = ['dn-1', 'dn-2', 'dn-3', 'dn-4'].map(chunks);
    await cluster.refound('m-1');
    expect(sim.machine('m-1').disk.files()).toEqual([]);
    await cluster.restart('m-1');
    for (const id of ['dn-1', 'dn-2', 'dn-3', 'dn-4']) await world.reaches(id, 'stopped');
    expect(['dn-1', 'dn-2', 'dn-3', 'dn-4'].map(chunks)).toEqual(before);
    await client.close();
  }));

test('SimulatedCluster clone: a second datanode of the same name serves until it is lifted', () =>
  withCluster({}, async (world) => {
    const { cluster, sim } = world;
    const clone = await cluster.inject({ action: 'clone' }, ['dn-1'], { choiceSeed: 1 });
    expect(await clone.effects()).toBe(1);
    expect(sim.machine('dn-1-clone').isUp).toBe(true);
    expect(sim.machine('dn-1-clone').disk.files()).toContain('identity.json');
    await expect(cluster.inject({ action: 'clone' }, ['dn-1'], { choiceSeed: 1 })).rejects.toThrow('dn-1 has a clone already');
    await clone.lift();
    expect(sim.machine('dn-1-clone').isUp).toBe(false);
  }));
