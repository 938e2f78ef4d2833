/** Everything is slow: the producer, the links and a disk. Writes make progress, end, and are read as they were written. */
import { expect, test } from 'vitest';
import { KIB } from '../../src/shared/limits.js';
import { sampleBytes, SimCluster, TIMINGS } from './sim-cluster.js';

const LINK_BYTES_PER_SECOND = 150 * KIB;
/** What the producer makes each second. */
const PIECE_BYTES = 64 * KIB;
const CHUNK_BYTES = 4 * PIECE_BYTES;
const SLOW_SYNC_MS = 60_000;

/** All links carry little, and each fsync of dn-2 takes a minute. */
function slowDown({ sim, datanodeIds }: SimCluster, clients: readonly string[]): void {
  const machines = ['m-1', ...datanodeIds, ...clients];
  sim.network.inject({ kind: 'bandwidth', bytesPerSecond: LINK_BYTES_PER_SECOND }, machines, machines);
  sim.machine('dn-2').disk.inject({ kind: 'slow', delayMs: SLOW_SYNC_MS, operations: ['sync'] });
}

/** Chunks whose data is in place on a datanode. */
const placed = (cluster: SimCluster): number =>
  new Set(cluster.datanodeIds.flatMap((id) => [...cluster.chunkFiles(id).keys()])).size;

test('slow: a producer of 64 KiB/s makes progress at each chunk, over links of 150 KiB/s, and survives a death', async () => {
  const cluster = new SimCluster({ seed: 3, datanodes: 5, chunkSizeBytes: CHUNK_BYTES });
  const { sim } = cluster;
  await sim.run(async () => {
    await cluster.start();
    const fs = cluster.client();
    slowDown(cluster, ['client']);
    const content = sampleBytes(30 * PIECE_BYTES + 7, 1);
    const stream = fs.createWriteStream('/slow');
    const ended = new Promise<unknown>((resolve) => stream.on('error', resolve).on('finish', () => resolve(null)));
    let [most, mostAtMs, longestMs] = [0, sim.nowMs, 0];
    for (let at = 0; at < content.length; at += PIECE_BYTES) {
      stream.write(content.subarray(at, at + PIECE_BYTES));
      await sim.advance(1_000);
      if (at === 12 * PIECE_BYTES) sim.machine('dn-4').crash();
      const now = placed(cluster);
      longestMs = Math.max(longestMs, sim.nowMs - mostAtMs);
      if (now > most) [most, mostAtMs] = [now, sim.nowMs];
    }
    stream.end();
    expect(await ended).toBeNull();
    // A chunk takes four seconds to produce. One that meets the slow disk or the death is written again, without that node.
    expect(longestMs).toBeLessThan(2 * TIMINGS.diskTimeoutMs + 10_000);
    expect(placed(cluster)).toBeGreaterThanOrEqual(8);
    expect(Buffer.from(await fs.readFile('/slow')).equals(content)).toBe(true);
  });
});

test('slow: several writers share such links, and each of them ends in the time that its bytes take', async () => {
  const cluster = new SimCluster({ seed: 4, datanodes: 5, chunkSizeBytes: CHUNK_BYTES });
  const { sim } = cluster;
  await sim.run(async () => {
    await cluster.start();
    const names = ['client-1', 'client-2', 'client-3'];
    const clients = names.map((name) => cluster.client(name));
    slowDown(cluster, names);
    const startedMs = sim.nowMs;
    const content = sampleBytes(3 * CHUNK_BYTES, 2);
    await Promise.all(clients.map((fs, i) => fs.writeFile(`/slow-${i}`, content.slice())));
    const bytesMs = (1_000 * 3 * clients.length * content.length) / LINK_BYTES_PER_SECOND;
    expect(sim.nowMs - startedMs).toBeLessThan(bytesMs + 4 * TIMINGS.diskTimeoutMs);
    for (const i of clients.keys())
      expect(Buffer.from((await clients[0]?.readFile(`/slow-${i}`)) ?? []).equals(content)).toBe(true);
  });
});
