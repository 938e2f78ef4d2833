/** Files whose first chunks lose their replicas before the last one is written. */
import { expect, test } from 'vitest';
import type { DistriFSClient } from '../../src/client/distrifs-client.js';
import { KIB } from '../../src/shared/limits.js';
import { goodCopies } from './disk-view.js';
import { untilHealed } from './end-state.js';
import { sampleBytes, SimCluster, TIMINGS } from './sim-cluster.js';

const CHUNK_BYTES = 64 * KIB;

/** A write stream, with the error that it ends with; null: it has ended well. */
function writeStream(fs: DistriFSClient, path: string) {
  const stream = fs.createWriteStream(path);
  const ended = new Promise<unknown>((resolve) => stream.on('error', resolve).on('finish', () => resolve(null)));
  return { stream, ended };
}

/** The datanodes that hold committed chunks. */
function holders(cluster: SimCluster): string[] {
  return cluster.datanodeIds.filter((id) => cluster.chunkFiles(id).size > 0);
}

test('lost chunks: the close of a file whose first chunk is gone from all its nodes is not acknowledged', async () => {
  const cluster = new SimCluster({ seed: 3, datanodes: 7, chunkSizeBytes: CHUNK_BYTES });
  const { sim } = cluster;
  await sim.run(async () => {
    await cluster.start();
    const fs = cluster.client();
    const { stream, ended } = writeStream(fs, '/file');
    stream.write(sampleBytes(CHUNK_BYTES, 1));
    await sim.runUntil(() => holders(cluster).length === 3);
    await sim.advance(1_000);
    for (const id of holders(cluster)) {
      sim.machine(id).crash();
      for (const name of sim.machine(id).disk.files()) sim.machine(id).disk.removeFile(name);
    }
    await sim.advance(2 * TIMINGS.deadAfterMs);
    stream.end(sampleBytes(1_000, 2));
    expect(await ended).toMatchObject({ dfsCode: 'NOT_ENOUGH_REPLICAS' });
    expect(await fs.exists('/file')).toBe(false);
  });
});

test('lost chunks: the close of a file whose first chunk has one replica left waits until it is repaired', async () => {
  const cluster = new SimCluster({ seed: 4, datanodes: 7, chunkSizeBytes: CHUNK_BYTES });
  const { sim } = cluster;
  await sim.run(async () => {
    await cluster.start();
    const fs = cluster.client();
    const { stream, ended } = writeStream(fs, '/file');
    stream.write(sampleBytes(CHUNK_BYTES, 1));
    await sim.runUntil(() => holders(cluster).length === 3);
    await sim.advance(1_000);
    const [first = '', second = ''] = holders(cluster);
    // The repair takes longer than the last chunk.
    sim.network.inject({ kind: 'bandwidth', bytesPerSecond: CHUNK_BYTES / 2 }, cluster.datanodeIds, cluster.datanodeIds);
    for (const id of [first, second]) sim.machine(id).crash();
    await cluster.untilStatus(({ nodes }) => nodes.filter(({ state }) => state === 'DEAD').length === 2);
    stream.end(sampleBytes(1_000, 2));
    expect(await ended).toBeNull();
    for (const copies of goodCopies(cluster).values()) {
      const alive = copies.filter(({ nodeId }) => nodeId !== first && nodeId !== second);
      expect(alive.length).toBeGreaterThanOrEqual(2);
    }
  });
});

test('lost chunks: a new master that has not heard of any replica keeps a close waiting, and then lets it succeed', async () => {
  const cluster = new SimCluster({ seed: 5, datanodes: 4, chunkSizeBytes: CHUNK_BYTES });
  const { sim } = cluster;
  await sim.run(async () => {
    await cluster.start();
    const fs = cluster.client();
    const content = sampleBytes(2 * CHUNK_BYTES, 1);
    const { stream, ended } = writeStream(fs, '/file');
    stream.write(content);
    const replicas = (): number => cluster.datanodeIds.reduce((sum, id) => sum + cluster.chunkFiles(id).size, 0);
    await sim.runUntil(() => replicas() === 6);
    await sim.advance(1_000);
    sim.machine('m-1').crash();
    for (const id of cluster.datanodeIds) sim.network.stall(id, 'm-1');
    await cluster.startMaster();
    stream.end();
    await sim.advance(TIMINGS.masterPatienceMs / 4);
    expect(await fs.exists('/file')).toBe(false);
    sim.network.heal();
    expect(await ended).toBeNull();
    expect(Buffer.from(await fs.readFile('/file')).equals(content)).toBe(true);
    await untilHealed(cluster);
  });
});
