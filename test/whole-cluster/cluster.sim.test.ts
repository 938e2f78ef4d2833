import { expect, test } from 'vitest';
import { KIB } from '../../src/shared/limits.js';
import { sampleBytes, SimCluster, TIMINGS } from './sim-cluster.js';

const SIZES = [0, 1, 64 * KIB, 64 * KIB + 1, 128 * KIB, 300_001];

async function writeAndReadAll(seed: number): Promise<string> {
  const cluster = new SimCluster({ seed });
  await cluster.sim.run(async () => {
    await cluster.start();
    const fs = cluster.client();
    for (const size of SIZES) await fs.writeFile(`/file-${size}`, sampleBytes(size, seed));
    for (const size of SIZES) expect(Buffer.from(await fs.readFile(`/file-${size}`)).equals(sampleBytes(size, seed))).toBe(true);
    await fs.close();
  });
  return cluster.sim.digest();
}

test('simulated cluster: writes and reads files of every awkward size, the same from the same seed', async () => {
  const first = await writeAndReadAll(1);
  expect(await writeAndReadAll(2)).not.toBe(first);
  expect(await writeAndReadAll(1)).toBe(first);
});

test('simulated cluster: two of five datanodes lose power at once; everything reads back and is copied again', async () => {
  const cluster = new SimCluster({ seed: 3, datanodes: 5 });
  await cluster.sim.run(async () => {
    await cluster.start();
    const fs = cluster.client();
    for (let i = 0; i < 10; i++) await fs.writeFile(`/f${i}`, sampleBytes(200_000, i));
    cluster.sim.machine('dn-1').crash({ power: true });
    cluster.sim.machine('dn-2').crash({ power: true });
    for (let i = 0; i < 10; i++) expect(Buffer.from(await fs.readFile(`/f${i}`)).equals(sampleBytes(200_000, i))).toBe(true);
    const { chunks } = await cluster.untilStatus(
      (status) =>
        status.chunks !== null &&
        status.nodes.filter((node) => node.state === 'DEAD').length === 2 &&
        status.chunks.healthy === 20,
    );
    expect(chunks).toMatchObject({ total: 20, healthy: 20, missing: 0 });
  });
});

test('simulated cluster: an old version left on a node goes within two block reports once the new one is confirmed, and is never read', async () => {
  const cluster = new SimCluster({ seed: 4, datanodes: 4, replication: 3 });
  const { sim } = cluster;
  await sim.run(async () => {
    await cluster.start();
    const fs = cluster.client();
    // The writer loses sight of a pipeline node just before the acknowledgement, so that version 1 is committed there and nowhere else.
    const writer = fs.createWriteStream('/file');
    const finished = new Promise<void>((resolve, reject) => writer.on('finish', resolve).on('error', reject));
    writer.write(sampleBytes(100_000, 1));
    await sim.runUntil(() =>
      cluster.datanodeIds.some((id) =>
        sim
          .machine(id)
          .disk.files()
          .some((name) => name.endsWith('.tmp')),
      ),
    );
    await sim.runUntil(
      () =>
        cluster.datanodeIds.filter((id) =>
          sim
            .machine(id)
            .disk.files()
            .some((name) => name.endsWith('.tmp')),
        ).length === 3,
    );
    writer.end();
    await sim.runUntil(() => cluster.datanodeIds.some((id) => cluster.chunkFiles(id).size === 1));
    const early = cluster.datanodeIds.find((id) => cluster.chunkFiles(id).size === 1) ?? '';
    sim.machine(early).crash();
    await finished;
    const located = (await fs.locate('/file'))[0];
    expect(located?.replicas).not.toContain(early);
    const oldMetas = (): string[] =>
      sim
        .machine(early)
        .disk.files()
        .filter((name) => name.endsWith('.meta') && !name.endsWith(`.v${located?.version}.meta`));
    expect(oldMetas()).toHaveLength(1);

    await cluster.startDatanode(early);
    const backAt = sim.nowMs;
    await sim.runUntil(() => oldMetas().length === 0, { limitMs: 60_000 });
    expect(sim.nowMs - backAt).toBeLessThan(2 * TIMINGS.blockReportIntervalMs + 2_000);
    expect(Buffer.from(await fs.readFile('/file')).equals(sampleBytes(100_000, 1))).toBe(true);
  });
});

test('simulated cluster: a killed datanode is noticed by its broken connection, a silent one by the time that passes', async () => {
  const cluster = new SimCluster({ seed: 10, datanodes: 4 });
  const { sim } = cluster;
  await sim.run(async () => {
    await cluster.start();
    const stateOf = async (id: string) => (await cluster.status())?.nodes.find((node) => node.nodeId === id)?.state;
    const untilDead = async (id: string): Promise<number> => {
      const startMs = sim.nowMs;
      while ((await stateOf(id)) !== 'DEAD') await sim.advance(10);
      return sim.nowMs - startMs;
    };
    sim.machine('dn-1').crash();
    expect(await untilDead('dn-1')).toBeLessThan(TIMINGS.staleAfterMs);
    sim.machine('dn-2').crash({ power: true });
    expect(await untilDead('dn-2')).toBeGreaterThan(TIMINGS.deadAfterMs - TIMINGS.heartbeatIntervalMs);
  });
});

test('simulated cluster: a power cut of everything loses nothing that was acknowledged', async () => {
  for (const seed of [5, 6, 7, 8]) {
    const cluster = new SimCluster({ seed });
    const { sim } = cluster;
    await sim.run(async () => {
      await cluster.start();
      const fs = cluster.client();
      const acked: number[] = [];
      const writing = (async () => {
        for (let i = 0; i < 1_000; i++) {
          await fs.writeFile(`/f${i}`, sampleBytes(70_000, i));
          acked.push(i);
        }
      })();
      void writing.catch(() => undefined);
      await sim.runUntil(() => acked.length >= 5 + seed);
      for (const name of ['m-1', ...cluster.datanodeIds, 'client']) sim.machine(name).crash({ power: true });
      await sim.advance(500);
      await cluster.startMaster();
      await Promise.all(cluster.datanodeIds.map((id) => cluster.startDatanode(id)));
      const reader = cluster.client('reader');
      for (const i of acked) expect(Buffer.from(await reader.readFile(`/f${i}`)).equals(sampleBytes(70_000, i))).toBe(true);
    });
  }
});

/** Kills the master at its n-th call during a create, restarts it, and looks. False: the create was over before. */
async function killDuringCreate(
  call: number,
  when: 'before' | 'after',
  power: boolean,
  isLengthKnown: boolean,
): Promise<boolean> {
  const cluster = new SimCluster({ seed: 100 + call });
  const { sim } = cluster;
  return sim.run(async () => {
    await cluster.start();
    const fs = cluster.client();
    await fs.writeFile('/before', 'x');
    const master = sim.machine('m-1');
    master.crashAtCall(call, { when, power });
    const data = sampleBytes(1_000, call);
    const write = fs.writeFile('/file', isLengthKnown ? data : [data], { flag: 'wx' });
    await Promise.race([write, sim.runUntil(() => !master.isUp)]);
    if (master.isUp) return false;
    await cluster.startMaster();
    // A retry that took effect twice would meet its own file and fail with EEXIST.
    await write;
    expect(Buffer.from(await fs.readFile('/file')).equals(sampleBytes(1_000, call))).toBe(true);
    expect(await fs.readdir('/')).toEqual(['before', 'file']);
    return true;
  });
}

test('simulated cluster: the master killed at every await of a create; each time the create takes effect once', async () => {
  let struck = 0;
  for (const isLengthKnown of [true, false]) {
    for (const when of ['before', 'after'] as const) {
      for (const power of [false, true]) {
        for (let call = 1; await killDuringCreate(call, when, power, isLengthKnown); call++) struck++;
      }
    }
  }
  // Two entries of the log for a file of known length, four for another.
  expect(struck).toBeGreaterThan(60);
});

test('simulated cluster: fewer than two nodes: the write is refused, nothing of it is seen', async () => {
  const cluster = new SimCluster({ seed: 9 });
  await cluster.sim.run(async () => {
    await cluster.start();
    cluster.sim.machine('dn-2').crash();
    cluster.sim.machine('dn-3').crash();
    const fs = cluster.client();
    await expect(fs.writeFile('/file', 'x')).rejects.toMatchObject({
      code: 'EAGAIN',
      dfsCode: 'NOT_ENOUGH_REPLICAS',
      message: expect.stringMatching(/dn-2.*dn-3|dn-3.*dn-2/s) as string,
    });
    expect(await fs.exists('/file')).toBe(false);
  });
});

test('simulated cluster: a datanode whose data folder is another one stops, and its chunks are made elsewhere', async () => {
  const cluster = new SimCluster({ seed: 12, datanodes: 4, replication: 3 });
  const { sim } = cluster;
  await sim.run(async () => {
    await cluster.start();
    const fs = cluster.client();
    await fs.writeFile('/file', sampleBytes(50_000, 3));
    const [holder = ''] = (await fs.locate('/file'))[0]?.replicas ?? [];
    // As a disk that is unmounted leaves it.
    for (const name of sim.machine(holder).disk.files()) sim.machine(holder).disk.removeFile(name);
    await sim.advance(TIMINGS.staleAfterMs + TIMINGS.deadAfterMs + 1_000);
    const stateOf = (await cluster.status())?.nodes.find((node) => node.nodeId === holder)?.state;
    expect(stateOf).toBe('DEAD');
    expect(Buffer.from(await fs.readFile('/file')).equals(sampleBytes(50_000, 3))).toBe(true);
  });
});
