import { expect, test } from 'vitest';
import type { DistriFSClient } from '../../src/client/distrifs-client.js';
import { KIB } from '../../src/shared/limits.js';
import { expectCleanDisks, expectReplayGivesSameState, untilHealed } from './end-state.js';
import { sampleBytes, SimCluster, TIMINGS } from './sim-cluster.js';

const LENGTH = 150_000;

async function expectContent(fs: DistriFSClient, path: string, content: Uint8Array): Promise<void> {
  expect(Buffer.from(await fs.readFile(path)).equals(content)).toBe(true);
}

/** Tells whether some datanode is writing a chunk. */
function isWriting(cluster: SimCluster): boolean {
  const files = cluster.datanodeIds.flatMap((id) => cluster.sim.machine(id).disk.files());
  return files.some((name) => name.endsWith('.tmp'));
}

/** Crashes one datanode at its n-th call during an overwrite. False: the write was over before. */
async function crashDuringWrite(call: number, when: 'before' | 'after', power: boolean): Promise<boolean> {
  // The seed decides where in the pipeline the victim stands.
  const cluster = new SimCluster({ seed: call * 4 + Number(power) * 2 + Number(when === 'after'), datanodes: 4 });
  const { sim } = cluster;
  return sim.run(async () => {
    await cluster.start();
    const fs = cluster.client();
    await fs.writeFile('/file', sampleBytes(LENGTH, 1));
    const victim = sim.machine('dn-1');
    victim.crashAtCall(call, { when, power });
    await fs.writeFile('/file', sampleBytes(LENGTH, 2));
    const hasStruck = !victim.isUp;
    victim.crashAtCall(Number.MAX_SAFE_INTEGER / 2);
    await expectContent(fs, '/file', sampleBytes(LENGTH, 2));
    if (!hasStruck) return false;
    await cluster.startDatanode('dn-1');
    await untilHealed(cluster);
    await expectContent(fs, '/file', sampleBytes(LENGTH, 2));
    await expectCleanDisks(cluster, ['/file'], 3);
    return true;
  });
}

test('writers: a datanode crashed at every await of a pipeline write; the write succeeds, nothing is left of the crash', async () => {
  let struck = 0;
  // Heartbeats count as calls too: the end is not sharp.
  for (let call = 1, misses = 0; misses < 4; call++) {
    const hasStruck = await crashDuringWrite(call, call % 2 === 0 ? 'before' : 'after', call % 3 === 0);
    if (hasStruck) struck++;
    misses = hasStruck ? 0 : misses + 1;
  }
  expect(struck).toBeGreaterThan(20);
});

test('writers: a client crashed mid-write leaves the old file, blocks others until its connection has been lost for a while, and its chunks go', async () => {
  const cluster = new SimCluster({ seed: 1, datanodes: 4 });
  const { sim } = cluster;
  await sim.run(async () => {
    await cluster.start();
    const other = cluster.client('other');
    await other.writeFile('/file', sampleBytes(LENGTH, 1));
    const dying = cluster.client('dying');
    const stream = dying.createWriteStream('/file');
    stream.on('error', () => undefined);
    stream.write(sampleBytes(LENGTH, 2));
    const fresh = dying.createWriteStream('/new');
    fresh.on('error', () => undefined);
    fresh.write(sampleBytes(LENGTH, 2));
    // Of both, the first chunk is committed.
    const replicas = (): number => cluster.datanodeIds.reduce((sum, id) => sum + cluster.chunkFiles(id).size, 0);
    await sim.runUntil(() => replicas() === 6 + 6);
    await sim.advance(50);
    sim.machine('dying').crash();
    const crashedAtMs = sim.nowMs;
    expect(await other.exists('/new')).toBe(false);
    await expect(other.readFile('/new')).rejects.toMatchObject({ code: 'ENOENT' });
    expect(await other.readdir('/')).toEqual(['file']);
    await expectContent(other, '/file', sampleBytes(LENGTH, 1));
    await expect(other.writeFile('/file', sampleBytes(LENGTH, 3))).rejects.toMatchObject({ dfsCode: 'FILE_BUSY' });
    await sim.advance(TIMINGS.lostAfterMs * 0.6);
    await expect(other.writeFile('/file', sampleBytes(LENGTH, 3))).rejects.toMatchObject({ dfsCode: 'FILE_BUSY' });
    await sim.advance(crashedAtMs + TIMINGS.lostAfterMs + 100 - sim.nowMs);
    await other.writeFile('/file', sampleBytes(LENGTH, 3));
    await expectContent(other, '/file', sampleBytes(LENGTH, 3));
    await other.writeFile('/new', sampleBytes(LENGTH, 4));
    await untilHealed(cluster);
    await expectCleanDisks(cluster, ['/file', '/new'], 3);
    await expectReplayGivesSameState(cluster);
  });
});

test('writers: one paused past its lease gets LEASE_LOST, and nothing of it is seen', async () => {
  for (const wakesWith of ['chunks to write', 'only the close'] as const) {
    const cluster = new SimCluster({ seed: 2, datanodes: 4 });
    const { sim } = cluster;
    await sim.run(async () => {
      await cluster.start();
      const paused = cluster.client('paused');
      const other = cluster.client('other');
      const stream = paused.createWriteStream('/file');
      const end = new Promise<unknown>((resolve) => stream.on('error', resolve).on('finish', () => resolve('finished')));
      // Two whole chunks; with a third begun there is more to write than the close.
      stream.write(sampleBytes(wakesWith === 'only the close' ? 256 * KIB : 300_000, 1));
      const replicas = (): number => cluster.datanodeIds.reduce((sum, id) => sum + cluster.chunkFiles(id).size, 0);
      await sim.runUntil(() => replicas() === 6);
      await sim.advance(300);
      sim.network.stall('paused', '*');
      sim.network.stall('*', 'paused');
      await sim.advance(TIMINGS.leaseSoftMs + 500);
      await other.writeFile('/file', sampleBytes(LENGTH, 2));
      sim.network.heal();
      if (wakesWith === 'chunks to write') stream.write(sampleBytes(300_000, 1));
      stream.end();
      expect(await end).toMatchObject({ dfsCode: 'LEASE_LOST' });
      await expectContent(other, '/file', sampleBytes(LENGTH, 2));
      expect(await other.readdir('/')).toEqual(['file']);
      await untilHealed(cluster);
      await expectCleanDisks(cluster, ['/file'], 3);
    });
  }
});

test('writers: an expired session: an idle client goes on under a new one, an unfinished file of it is gone', async () => {
  const timings = { ...TIMINGS, sessionTimeoutMs: 20_000 };
  const cluster = new SimCluster({ seed: 3, datanodes: 3, timings });
  const { sim } = cluster;
  await sim.run(async () => {
    await cluster.start();
    const fs = cluster.client();
    await fs.mkdir('/a');
    await sim.advance(timings.sessionTimeoutMs + 1_000);
    await fs.mkdir('/b');
    const stream = fs.createWriteStream('/file');
    const end = new Promise<unknown>((resolve) => stream.on('error', resolve).on('finish', () => resolve('finished')));
    stream.write(sampleBytes(300_000, 1));
    await sim.runUntil(() => isWriting(cluster));
    sim.network.stall('client', 'm-1');
    await sim.advance(timings.sessionTimeoutMs + 1_000);
    await untilHealed(cluster);
    sim.network.heal();
    stream.end();
    expect(await end).toMatchObject({ name: 'DistriFSError' });
    expect(await fs.readdir('/')).toEqual(['a', 'b']);
    await untilHealed(cluster);
    await expectCleanDisks(cluster, [], 3);
  });
});

test('writers: a reader during overwrites sees one whole version each time', async () => {
  const cluster = new SimCluster({ seed: 4, datanodes: 4, chunkSizeBytes: 64 * KIB });
  const { sim } = cluster;
  await sim.run(async () => {
    const SHORT = 70_000;
    await cluster.start();
    const writer = cluster.client('writer');
    const reader = cluster.client('reader');
    await writer.writeFile('/file', sampleBytes(SHORT, 0));
    let version = 0;
    const writing = (async () => {
      for (let next = 1; next <= 15; next++) {
        await writer.writeFile('/file', sampleBytes(SHORT + next, next));
        version = next;
      }
    })();
    let reads = 0;
    let isOver = false;
    void writing.then(() => (isOver = true));
    while (!isOver) {
      const before = version;
      try {
        const bytes = await reader.readFile('/file');
        const seen = bytes.length - SHORT;
        expect(bytes.equals(sampleBytes(SHORT + seen, seen))).toBe(true);
        expect(seen).toBeGreaterThanOrEqual(before);
        expect(seen).toBeLessThanOrEqual(version + 1);
        reads++;
      } catch (error) {
        expect(error).toMatchObject({ dfsCode: 'STALE_HANDLE' });
      }
    }
    await writing;
    expect(reads).toBeGreaterThan(5);
  });
});
