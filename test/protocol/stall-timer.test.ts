import { expect, test } from 'vitest';
import { Simulation } from '../../src/runtime/memory/simulation.js';
import { StallTimer } from '../../src/protocol/stall-timer.js';

const LIMIT_MS = 1_000;

/** A timer, with the times at which it noticed a stall. */
async function withTimer(task: (timer: StallTimer, sim: Simulation, stalls: number[]) => Promise<void>): Promise<void> {
  const sim = new Simulation({ seed: 1 });
  const { clock } = sim.machine('m').boot();
  const stalls: number[] = [];
  const timer = new StallTimer(clock, (limitMs) => {
    expect(limitMs).toBeGreaterThanOrEqual(LIMIT_MS);
    stalls.push(sim.nowMs);
  });
  await sim.run(() => task(timer, sim, stalls));
}

test('StallTimer counts from the last progress, and from the beginning of each wait', async () => {
  await withTimer(async (timer, sim, stalls) => {
    const startedMs = sim.nowMs;
    timer.begin(LIMIT_MS);
    for (let i = 0; i < 5; i++) {
      await sim.advance(0.9 * LIMIT_MS);
      timer.progressed();
    }
    await sim.advance(5 * LIMIT_MS);
    expect(stalls).toEqual([startedMs + 5.5 * LIMIT_MS]);
    const againMs = sim.nowMs;
    timer.begin(LIMIT_MS);
    await sim.advance(2 * LIMIT_MS);
    expect(stalls.slice(1)).toEqual([againMs + LIMIT_MS]);
  });
});

test('StallTimer: an ended wait has no limit; during a wait a limit only grows, and does not count anew', async () => {
  await withTimer(async (timer, sim, stalls) => {
    timer.begin(LIMIT_MS);
    timer.end();
    await sim.advance(3 * LIMIT_MS);
    expect(stalls).toEqual([]);
    const startedMs = sim.nowMs;
    timer.begin(LIMIT_MS);
    await sim.advance(LIMIT_MS / 2);
    timer.begin(3 * LIMIT_MS);
    timer.begin(2 * LIMIT_MS);
    await sim.advance(5 * LIMIT_MS);
    expect(stalls).toEqual([startedMs + 3 * LIMIT_MS]);
  });
});
