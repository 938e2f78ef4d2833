import { expect, test } from 'vitest';
import { Simulation } from '../../../src/runtime/memory/simulation.js';

/** When a process that wakes every 10 ms was awake, in ms since the quota began; with the hits. */
async function awakeUnder(
  during: (sim: Simulation) => Promise<{ readonly hits: number }>,
): Promise<{ readonly atMs: readonly number[]; readonly hits: number }> {
  const sim = new Simulation({ seed: 1 });
  const { clock } = sim.machine('a').boot();
  const atMs: number[] = [];
  return sim.run(async () => {
    const beganMs = sim.nowMs;
    const wake = (): void => {
      atMs.push(sim.nowMs - beganMs);
      clock.setTimer(10, wake);
    };
    wake();
    const { hits } = await during(sim);
    sim.machine('a').crash();
    return { atMs, hits };
  });
}

const phase = (ms: number): number => ms % 100;

test('Machine.injectCpu: the processes run in the first part of each period only, and all the time after lift', async () => {
  const { atMs, hits } = await awakeUnder(async (sim) => {
    const active = sim.machine('a').injectCpu({ stoppedPercent: 80 });
    // In the part of a period in which nothing runs.
    await sim.advance(1_050);
    active.lift();
    active.lift();
    await sim.advance(1_000);
    return active;
  });
  expect(hits).toBe(11);
  const [before, after] = [atMs.filter((ms) => ms < 1_050), atMs.filter((ms) => ms >= 1_050)];
  expect(after[0]).toBeLessThan(1_060);
  expect(before.every((ms) => phase(ms) <= 20)).toBe(true);
  expect(before.length).toBeGreaterThan(15);
  expect(before.length).toBeLessThan(35);
  expect(after.length).toBeGreaterThan(90);
  expect(after.some((ms) => phase(ms) > 50)).toBe(true);
});

test('Machine.injectCpu: of two the harder counts, and what is left when it is lifted', async () => {
  const { atMs } = await awakeUnder(async (sim) => {
    const [soft, hard] = [20, 90].map((stoppedPercent) => sim.machine('a').injectCpu({ stoppedPercent }));
    await sim.advance(500);
    hard?.lift();
    await sim.advance(500);
    soft?.lift();
    return { hits: 0 };
  });
  expect(atMs.filter((ms) => ms > 100 && ms < 500).every((ms) => phase(ms) <= 10)).toBe(true);
  const later = atMs.filter((ms) => ms >= 600 && ms < 1_000);
  expect(later.some((ms) => phase(ms) > 50)).toBe(true);
  expect(later.every((ms) => phase(ms) <= 80)).toBe(true);
});

test('Machine.injectCpu: holds a process that is booted meanwhile, and leaves a paused one paused', async () => {
  const sim = new Simulation({ seed: 1 });
  const machine = sim.machine('a');
  await sim.run(async () => {
    const active = machine.injectCpu({ stoppedPercent: 50 });
    await sim.advance(60);
    let woke = 0;
    machine.boot().clock.setTimer(1, () => (woke += 1));
    await sim.advance(30);
    expect(woke).toBe(0);
    await sim.advance(20);
    expect(woke).toBe(1);
    machine.pause();
    machine.processes[0]?.after('test', 1, () => (woke += 1));
    await sim.advance(200);
    active.lift();
    await sim.advance(200);
    expect(woke).toBe(1);
    machine.resume();
    await sim.advance(10);
    expect(woke).toBe(2);
    expect(active.hits).toBeGreaterThan(0);
  });
});
