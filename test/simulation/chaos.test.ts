import { expect, test } from 'vitest';
import { DistriFSError } from '../../src/client/sdk-error.js';
import { SeededRandom } from '../../src/runtime/faults/seeded-random.js';
import { sampleBytes, SimCluster } from './sim-cluster.js';

/** A longer campaign: CHAOS_SEEDS=1000 npx vitest run test/simulation/chaos.test.ts */
const SEEDS = Number(process.env['CHAOS_SEEDS'] ?? 12);
const FIRST_SEED = Number(process.env['CHAOS_FIRST_SEED'] ?? 1);
const FAULTS = 6;

/** What a client was told of one path. */
type Fate = 'acknowledged' | 'unknown' | 'refused' | 'deleted';

/** One cluster under random kills, power cuts and stalls, with a writer that never rests; then everything heals and is looked at. */
async function survive(seed: number): Promise<string> {
  const cluster = new SimCluster({ seed, datanodes: 5 });
  const { sim } = cluster;
  const random = new SeededRandom(String(seed), 'chaos');
  await sim.run(
    async () => {
      await cluster.start();
      const fs = cluster.client();
      const fates = new Map<string, Fate>();
      let writing = true;
      const writer = (async () => {
        for (let i = 0; writing; i++) {
          await sim.advance(20 + random.integer(0, 200));
          const path = `/f${i}`;
          try {
            await fs.writeFile(path, sampleBytes(1 + ((i * 37_777) % 150_000), i), { flag: 'wx' });
            fates.set(path, 'acknowledged');
            if (i % 5 === 4) {
              fates.set(path, 'unknown');
              await fs.rm(path);
              fates.set(path, 'deleted');
            }
          } catch (error) {
            expect(error).toBeInstanceOf(DistriFSError);
            // A retry that took effect twice meets its own file.
            expect((error as DistriFSError).code).not.toBe('EEXIST');
            if (!fates.has(path)) fates.set(path, (error as DistriFSError).dfsCode === 'OUTCOME_UNKNOWN' ? 'unknown' : 'refused');
          }
        }
      })();
      for (let fault = 0; fault < FAULTS; fault++) {
        await sim.advance(random.integer(0, 1_500 - 1));
        const names = ['m-1', ...cluster.datanodeIds];
        const victim = names[random.integer(0, names.length - 1)] ?? 'm-1';
        const kind = random.integer(0, 4 - 1);
        const machine = sim.machine(victim);
        if (kind === 0) {
          sim.network.stall(victim, '*');
          if (random.chance(0.5)) sim.network.stall('*', victim);
        } else if (machine.isUp) {
          machine.crashAtCall(1 + random.integer(0, 60 - 1), { power: kind > 1, when: random.chance(0.5) ? 'before' : 'after' });
        }
        await sim.advance(random.integer(0, 5_000 - 1));
        sim.network.heal();
        // A crash that has not struck yet is called off.
        machine.crashAtCall(Number.MAX_SAFE_INTEGER / 2);
        for (const name of names) if (!sim.machine(name).isUp) await restart(cluster, name);
      }
      writing = false;
      await writer;
      await cluster.untilStatus(
        (status) =>
          !status.safeMode &&
          status.nodes.filter((node) => node.state === 'LIVE').length === 5 &&
          status.chunks?.total === status.chunks?.healthy &&
          status.orphanReplicas === 0,
        120_000,
      );
      const names = new Set(await fs.readdir('/'));
      for (const [path, fate] of fates) {
        const isThere = names.has(path.slice(1));
        if (fate === 'acknowledged' || (isThere && fate === 'unknown')) {
          const i = Number(path.slice(2));
          expect(Buffer.from(await fs.readFile(path)).equals(sampleBytes(1 + ((i * 37_777) % 150_000), i)), path).toBe(true);
        }
        if (fate === 'deleted' || fate === 'refused') expect(isThere, `${path} was ${fate}`).toBe(false);
      }
      const leftovers = cluster.datanodeIds.flatMap((id) =>
        sim
          .machine(id)
          .disk.files()
          .filter((name) => name.endsWith('.tmp')),
      );
      expect(leftovers).toEqual([]);
      expect([...fates.values()].filter((fate) => fate === 'acknowledged').length).toBeGreaterThan(5);
    },
    { limitMs: 1_200_000 },
  );
  return sim.digest();
}

/** Starts what is down; a node whose start is struck by its planned crash is started again. */
async function restart(cluster: SimCluster, name: string): Promise<void> {
  const machine = cluster.sim.machine(name);
  while (!machine.isUp) {
    const starting = name === 'm-1' ? cluster.startMaster() : cluster.startDatanode(name);
    let done = false;
    void starting.then(() => (done = true));
    await cluster.sim.runUntil(() => done || !machine.isUp);
  }
}

test.each(Array.from({ length: SEEDS }, (_, i) => FIRST_SEED + i))(
  'simulated chaos: seed %i keeps every promise',
  async (seed) => {
    await survive(seed);
  },
);

test('simulated chaos: a seed replays exactly', async () => {
  expect(await survive(7)).toBe(await survive(7));
});
