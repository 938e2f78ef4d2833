/** Repairs over narrow links, and beside disks that hang. */
import { expect, test } from 'vitest';
import { KIB } from '../../src/shared/limits.js';
import { untilHealed } from './end-state.js';
import { sampleBytes, SimCluster, TIMINGS } from './sim-cluster.js';

const CHUNK_BYTES = 1024 * KIB;
const FOREVER_MS = 3_600_000;

/** A cluster with the lines in which its master commands copies, and its datanodes say that they have made them. */
function watchedCluster(seed: number, datanodes: number) {
  const commanded: string[] = [];
  const copied: string[] = [];
  const cluster = new SimCluster({
    seed,
    datanodes,
    chunkSizeBytes: CHUNK_BYTES,
    onLog: ({ message }) => {
      if (message.includes(' copies it to ')) commanded.push(message);
      if (message === 'Chunk copied as commanded') copied.push(message);
    },
  });
  return { cluster, commanded, copied };
}

test('repairs: copies over narrow links are made once, however long they take', async () => {
  const { cluster, commanded, copied } = watchedCluster(1, 6);
  const { sim } = cluster;
  await sim.run(async () => {
    await cluster.start();
    const fs = cluster.client();
    for (let i = 0; i < 4; i++) await fs.writeFile(`/f${i}`, sampleBytes(CHUNK_BYTES, i));
    await untilHealed(cluster);
    const bytesPerSecond = 40 * KIB;
    const narrow = sim.network.inject({ kind: 'bandwidth', bytesPerSecond }, cluster.datanodeIds, cluster.datanodeIds);
    const [first = ''] = cluster.datanodeIds.filter((id) => cluster.chunkFiles(id).size > 0);
    const lost = cluster.chunkFiles(first).size;
    sim.machine(first).crash();
    const startedMs = sim.nowMs;
    await cluster.untilStatus(({ nodes }) => nodes.some(({ state }) => state === 'DEAD'));
    await cluster.untilStatus(({ chunks }) => chunks?.total === chunks?.healthy, 300_000);
    expect(sim.nowMs - startedMs).toBeGreaterThan(2 * TIMINGS.repairTimeoutMs);
    expect(commanded).toHaveLength(lost);
    expect(copied).toHaveLength(lost);
    narrow.lift();
  });
});

test.each(['read', 'sync'] as const)(
  'repairs: a disk whose %s hangs keeps no chunk from being repaired elsewhere',
  async (call) => {
    const { cluster } = watchedCluster(2, 6);
    const { sim } = cluster;
    await sim.run(async () => {
      await cluster.start();
      const fs = cluster.client();
      for (let i = 0; i < 8; i++) await fs.writeFile(`/f${i}`, sampleBytes(100 * KIB, i));
      await untilHealed(cluster);
      const [first = '', second = ''] = cluster.datanodeIds.filter((id) => cluster.chunkFiles(id).size > 0);
      sim.machine(second).disk.inject({ kind: 'slow', delayMs: FOREVER_MS, operations: [call] });
      sim.machine(first).crash();
      await cluster.untilStatus(({ nodes }) => nodes.some(({ state }) => state === 'DEAD'));
      await cluster.untilStatus(({ chunks }) => chunks?.total === chunks?.healthy, 120_000);
    });
  },
);
