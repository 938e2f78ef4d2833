import { expect, test } from 'vitest';
import { untilHealed } from './end-state.js';
import { sampleBytes, SimCluster } from './sim-cluster.js';

// "No more good datanodes": on clusters as small as the replication every write failed once a node was gone, since nobody could take
// its place. The number of live nodes decides.
test.each([1, 2, 3, 4])(
  'small cluster: of three nodes one dies during a write; the write succeeds on two (seed %i)',
  async (seed) => {
    const cluster = new SimCluster({ seed, datanodes: 3 });
    const { sim } = cluster;
    await sim.run(async () => {
      await cluster.start();
      const fs = cluster.client();
      const written = fs.writeFile('/during', sampleBytes(400_000, seed));
      await sim.runUntil(() =>
        sim
          .machine('dn-2')
          .disk.files()
          .some((name) => name.endsWith('.tmp')),
      );
      sim.machine('dn-2').crash();
      await written;
      await fs.writeFile('/after', sampleBytes(200_000, seed));
      expect(Buffer.from(await fs.readFile('/during')).equals(sampleBytes(400_000, seed))).toBe(true);
      await cluster.startDatanode('dn-2');
      await untilHealed(cluster);
      expect(Buffer.from(await fs.readFile('/after')).equals(sampleBytes(200_000, seed))).toBe(true);
      const counts = cluster.datanodeIds.map((id) => cluster.chunkFiles(id).size);
      expect(new Set(counts).size).toBe(1);
    });
  },
);
