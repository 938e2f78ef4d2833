import { expect, test } from 'vitest';
import { SeededRandom } from '../../src/runtime/faults/seeded-random.js';
import { expectCleanDisks, expectReplayGivesSameState, untilHealed } from './end-state.js';
import { History, type Outcome } from './history.js';
import { Nemesis } from './nemesis.js';
import { SimCluster, TIMINGS } from './sim-cluster.js';
import { Workload } from './workload.js';

/** A longer campaign: NEMESIS_SEEDS=200 NEMESIS_FIRST_SEED=1000 npx vitest run test/simulation/nemesis.test.ts */
const SEEDS = Number(process.env['NEMESIS_SEEDS'] ?? 8);
const FIRST_SEED = Number(process.env['NEMESIS_FIRST_SEED'] ?? 1);
const BLOWS = 12;
const CLIENTS = ['client-1', 'client-2', 'client-3'];
/** Sessions of crashed clients end soon enough to be seen. */
const SHORT_SESSIONS = { ...TIMINGS, sessionTimeoutMs: 40_000 };

/** Everything at once, by seed; then it heals, and every promise is looked at. */
async function endure(seed: number): Promise<void> {
  const cluster = new SimCluster({ seed, datanodes: 5, timings: SHORT_SESSIONS });
  const { sim } = cluster;
  const random = new SeededRandom(String(seed), 'endure');
  await sim.run(
    async () => {
      await cluster.start();
      const workload = new Workload(cluster, seed);
      const nemesis = new Nemesis(cluster, workload, CLIENTS, seed);
      await nemesis.revive();
      for (const name of CLIENTS) workload.startClient(name);
      await sim.advance(500);
      for (let blow = 0; blow < BLOWS; blow++) {
        await nemesis.strike();
        await sim.advance(random.integer(0, 1_500));
        if (random.chance(0.5)) await nemesis.revive();
        if (random.chance(0.4)) await nemesis.mend();
      }
      await nemesis.mend();
      await sim.advance(1_000);
      await nemesis.revive();
      await workload.stop();
      expect(workload.violations).toEqual([]);
      await nemesis.revive();
      await untilHealed(cluster);

      const fs = cluster.client('reader');
      const paths: string[] = [];
      for (const directory of ['/', '/d', '/e']) {
        await workload.perform('reader', fs, { kind: 'readdir', path: directory });
        const { outcome } = workload.history.operations.at(-1)!;
        for (const name of (outcome.kind === 'ok' ? outcome.names : undefined) ?? []) {
          const path = `${directory === '/' ? '' : directory}/${name}`;
          if (path !== '/d' && path !== '/e') paths.push(path);
        }
      }
      const told = workload.history.operations.length;
      for (const path of paths) await workload.perform('reader', fs, { kind: 'read', path });
      // Every file of a healed cluster can be read.
      expect(workload.history.operations.length).toBe(told + paths.length);
      await fs.close();
      const verdict = workload.history.verdict();
      expect(verdict, verdict === 'not linearizable' ? workload.history.lines().join('\n') : '').not.toBe('not linearizable');
      expect(workload.acknowledged).toBeGreaterThan(5);
      await expectCleanDisks(cluster, paths, 3);
      await expectReplayGivesSameState(cluster);
      await untilHealed(cluster);
      if (process.env['NEMESIS_FIGURES'] !== undefined) {
        const figures = { seed, verdict, operations: workload.history.operations.length, acknowledged: workload.acknowledged };
        process.stderr.write(`${JSON.stringify({ ...figures, ms: sim.nowMs, ...Object.fromEntries(nemesis.struck) })}\n`);
      }
    },
    { limitMs: 3_600_000 },
  );
}

test.each(Array.from({ length: SEEDS }, (_, i) => FIRST_SEED + i))('nemesis: seed %i keeps every promise', async (seed) => {
  await endure(seed);
});

test('history: a lost write, a stale read and a name that came back are found; what an unknown outcome explains is not', () => {
  const write = (history: History, id: number) => history.begin('a', { kind: 'write', path: '/x', id, exclusive: false });
  const ok = { kind: 'ok' } as const;
  const told = (outcome: Outcome, isSecondKnown: boolean, isRemoved = false): string => {
    const history = new History();
    history.end(write(history, 1), ok);
    const second = write(history, 2);
    if (isSecondKnown) history.end(second, ok);
    if (isRemoved) history.end(history.begin('a', { kind: 'rm', path: '/x' }), ok);
    history.end(history.begin('b', { kind: 'read', path: '/x' }), outcome);
    return history.verdict();
  };
  expect(told({ kind: 'ok', id: 2 }, true)).toBe('linearizable');
  expect(told({ kind: 'ok', id: 1 }, true)).toBe('not linearizable');
  expect(told({ kind: 'error', code: 'ENOENT' }, true)).toBe('not linearizable');
  expect(told({ kind: 'ok', id: 2 }, true, true)).toBe('not linearizable');
  expect(told({ kind: 'ok', id: 1 }, false)).toBe('linearizable');
  expect(told({ kind: 'ok', id: 2 }, false)).toBe('linearizable');
  expect(told({ kind: 'ok', id: 3 }, false)).toBe('not linearizable');
});
