import { expect, test } from 'vitest';
import { KIB, MIB } from '../../../src/shared/limits.js';
import { withCluster } from './fault-world.js';

const LOT = { choiceSeed: 1 };
const DATANODES = ['dn-1', 'dn-2', 'dn-3', 'dn-4'];
const content = (count: number): Uint8Array => Uint8Array.from({ length: count }, (_, i) => (i * 7) & 0xff);

test('SimulatedCluster: a datanode whose disk cannot read serves nothing, and does again after lift', () =>
  withCluster({ datanodes: 2, replication: 2 }, async (world) => {
    const { cluster } = world;
    const client = world.client();
    await client.writeFile('/a', content(10));
    const injection = await cluster.inject({ action: 'eio', calls: 'read', percent: 100 }, ['dn-1', 'dn-2'], LOT);
    await expect(client.readFile('/a')).rejects.toThrow();
    expect(await injection.effects()).toBeGreaterThan(0);
    await injection.lift();
    const struck = await injection.effects();
    for (const { id, pid } of cluster.datanodes()) if (pid === null) await cluster.restart(id);
    await world.reaches('dn-1', 'live');
    await world.reaches('dn-2', 'live');
    expect([...(await client.readFile('/a'))]).toEqual([...content(10)]);
    expect(await injection.effects()).toBe(struck);
    await client.close();
  }));

test.each(['sync', 'write', 'any'] as const)(
  'SimulatedCluster: a master whose %s calls fail ends by itself, visibly, and can be started again after lift',
  (calls) =>
    withCluster({}, async (world) => {
      const { cluster } = world;
      const client = world.client();
      await client.writeFile('/a', content(10));
      const injection = await cluster.inject({ action: 'eio', calls, percent: 100 }, ['m-1'], LOT);
      await expect(client.mkdir('/b')).rejects.toThrow();
      expect(cluster.masters()[0]?.pid).toBeNull();
      expect(world.exits()).toMatchObject([{ node: 'm-1', how: 1 }]);
      expect(await injection.effects()).toBeGreaterThan(0);
      await expect(cluster.restart('m-1')).rejects.toThrow();
      await injection.lift();
      await cluster.restart('m-1');
      await client.mkdir('/c');
      expect(await client.exists('/a')).toBe(true);
      await client.close();
    }),
);

test.each([{ action: 'enospc' }, { action: 'fill', freeBytes: MIB }] as const)(
  'SimulatedCluster: datanodes under $action take no file, until lift',
  (fault) =>
    withCluster({}, async (world) => {
      const { cluster } = world;
      const client = world.client();
      const injection = await cluster.inject(fault, DATANODES, LOT);
      await expect(client.writeFile('/a', content(100 * KIB))).rejects.toThrow();
      expect(await injection.effects()).toBeGreaterThan(0);
      await injection.lift();
      const struck = await injection.effects();
      await world.until(
        () =>
          client.writeFile('/a', content(100 * KIB)).then(
            () => true,
            () => false,
          ),
        'the file is written',
      );
      expect(await client.exists('/a')).toBe(true);
      expect(await injection.effects()).toBe(struck);
      await client.close();
    }),
);

test('SimulatedCluster: delayed fsyncs make a write take longer, and a read not, until lift', () =>
  withCluster({}, async (world) => {
    const { cluster } = world;
    const client = world.client();
    const write = (): Promise<void> => client.writeFile('/a', content(10 * KIB));
    expect(await world.timed(write)).toBeLessThan(100);
    const injection = await cluster.inject({ action: 'fsync-delay', delayMs: 100 }, DATANODES, LOT);
    // Of the replica, and of its folder.
    expect(await world.timed(write)).toBeGreaterThan(200);
    const delayed = await injection.effects();
    expect(delayed).toBeGreaterThan(1);
    const read = async (): Promise<void> => {
      expect((await client.readFile('/a')).length).toBe(10 * KIB);
    };
    expect(await world.timed(read)).toBeLessThan(100);
    expect(await injection.effects()).toBe(delayed);
    await injection.lift();
    expect(await world.timed(write)).toBeLessThan(100);
    await client.close();
  }));

test('SimulatedCluster: slow disks make a write take longer, until lift', () =>
  withCluster({}, async (world) => {
    const { cluster } = world;
    const client = world.client();
    const write = (): Promise<void> => client.writeFile('/a', content(10 * KIB));
    const quickMs = await world.timed(write);
    const injection = await cluster.inject({ action: 'slow', delayMs: 50 }, DATANODES, LOT);
    expect(await world.timed(write)).toBeGreaterThan(quickMs + 200);
    expect(await injection.effects()).toBeGreaterThan(3);
    await injection.lift();
    await world.sim.advance(1_000);
    expect(await world.timed(write)).toBeLessThan(quickMs + 100);
    await client.close();
  }));

test.each([
  [{ action: 'jump', offsetMs: -3_600_000 }, -3_600_000],
  [{ action: 'skew', offsetMs: 60_000 }, 60_000],
  [{ action: 'drift', ppm: 1_000_000 }, 10_000],
] as const)("SimulatedCluster: %o moves the master's wall clock by %i ms in ten seconds, until lift", (fault, aheadMs) =>
  withCluster({}, async (world) => {
    const { cluster } = world;
    const client = world.client();
    /** How far times that the master writes down are ahead of the lab's clock. */
    const ahead = async (path: string): Promise<number> => {
      await client.mkdir(path);
      return (await client.stat(path)).mtimeMs - cluster.clock.wallMs();
    };
    expect(Math.abs(await ahead('/before'))).toBeLessThan(100);
    const injection = await cluster.inject(fault, ['m-1'], LOT);
    await world.sim.advance(10_000);
    expect(Math.abs((await ahead('/during')) - aheadMs)).toBeLessThan(200);
    expect(await injection.effects()).toBeGreaterThan(0);
    await injection.lift();
    expect(Math.abs(await ahead('/after'))).toBeLessThan(100);
    expect(world.exits()).toEqual([]);
    await client.close();
  }),
);

test('SimulatedCluster: a datanode whose CPU is slow takes longer, and counts periods; after lift it does not', () =>
  withCluster({ datanodes: 3 }, async (world) => {
    const { cluster } = world;
    const client = world.client();
    let files = 0;
    const writeTen = async (): Promise<void> => {
      for (let i = 0; i < 10; i += 1) await client.writeFile(`/f-${(files += 1)}`, content(10 * KIB));
    };
    const quickMs = await world.timed(writeTen);
    const injection = await cluster.inject({ action: 'slow-cpu', percent: 90 }, ['dn-1', 'dn-2', 'dn-3'], LOT);
    expect(await world.timed(writeTen)).toBeGreaterThan(quickMs + 500);
    expect(await injection.effects()).toBeGreaterThan(10);
    await injection.lift();
    const struck = await injection.effects();
    await world.sim.advance(1_000);
    expect(await world.timed(writeTen)).toBeLessThan(quickMs + 300);
    expect(await injection.effects()).toBe(struck);
    expect(world.exits()).toEqual([]);
    await client.close();
  }));

test('SimulatedCluster: calls fail on files of the kind that is named, and on no others', () =>
  withCluster({ datanodes: 2, replication: 2 }, async (world) => {
    const { cluster } = world;
    const client = world.client();
    await client.writeFile('/a', content(10));
    const fault = { action: 'eio', calls: 'any', percent: 100 } as const;
    const elsewhere = await cluster.inject({ ...fault, file: 'log' }, ['dn-1', 'dn-2'], LOT);
    expect([...(await client.readFile('/a'))]).toEqual([...content(10)]);
    expect(await elsewhere.effects()).toBe(0);
    await elsewhere.lift();
    const onLog = await cluster.inject({ ...fault, file: 'log' }, ['m-1'], LOT);
    await expect(client.mkdir('/b')).rejects.toThrow();
    expect(await onLog.effects()).toBeGreaterThan(0);
    await onLog.lift();
    await cluster.restart('m-1');
    await client.mkdir('/c');
    await client.close();
  }));

test('SimulatedCluster: a place that fails fails the reads that touch it, until lift', () =>
  withCluster({ datanodes: 2, replication: 2 }, async (world) => {
    const { cluster, sim } = world;
    const fault = { action: 'eio', calls: 'any', percent: 100, file: 'chunk', offsetBytes: 500 } as const;
    const injection = await cluster.inject(fault, ['dn-1'], LOT);
    const name = 'chunk-00000000-0000-4000-8000-000000000001';
    sim.machine('dn-1').disk.writeFile(name, content(1_000));
    sim.machine('dn-1').disk.writeFile('other', content(1_000));
    const { disk } = sim.machine('dn-1').boot();
    const [file, other] = [await disk.open(name, 'update'), await disk.open('other', 'read')];
    const read = (from: number, bytes: number): Promise<number> => file.read(new Uint8Array(bytes), from);
    expect(await read(0, 500)).toBe(500);
    expect(await read(501, 400)).toBe(400);
    await expect(read(500, 1)).rejects.toMatchObject({ code: 'IO_ERROR' });
    await expect(file.write(content(10), 495)).rejects.toMatchObject({ code: 'IO_ERROR' });
    expect(await other.read(new Uint8Array(600), 0)).toBe(600);
    await file.sync();
    expect(await injection.effects()).toBe(2);
    await injection.lift();
    expect(await read(500, 1)).toBe(1);
  }));
