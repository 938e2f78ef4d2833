import { expect, test } from 'vitest';
import { Simulation } from '../../../src/runtime/memory/simulation.js';

/** A machine, and how far its wall clock is ahead of the time that passed since the start. */
function rig(): { readonly sim: Simulation; readonly aheadMs: () => number } {
  const sim = new Simulation({ seed: 1 });
  const { clock } = sim.machine('a').boot();
  const originMs = clock.wallMs();
  return { sim, aheadMs: () => clock.wallMs() - originMs - sim.nowMs };
}

test('Machine.injectClock: jumps add up, a skew sets; lifted in any order, the rest stays', () => {
  const { sim, aheadMs } = rig();
  const machine = sim.machine('a');
  const early = machine.injectClock({ kind: 'jump', offsetMs: 1_000 });
  expect(aheadMs()).toBe(1_000);
  const skew = machine.injectClock({ kind: 'skew', offsetMs: -50 });
  expect(aheadMs()).toBe(-50);
  const late = machine.injectClock({ kind: 'jump', offsetMs: 7 });
  expect(aheadMs()).toBe(-43);
  early.lift();
  expect(aheadMs()).toBe(-43);
  skew.lift();
  skew.lift();
  expect(aheadMs()).toBe(7);
  late.lift();
  expect(aheadMs()).toBe(0);
  expect([early.hits, skew.hits, late.hits]).toEqual([3, 3, 3]);
});

test('Machine.injectClock: a drift grows from when it began; a clock that is set loses what it had gained', async () => {
  const { sim, aheadMs } = rig();
  const machine = sim.machine('a');
  await sim.advance(5_000);
  const drift = machine.injectClock({ kind: 'drift', ppm: 10_000 });
  expect(aheadMs()).toBe(0);
  expect(drift.hits).toBe(0);
  await sim.advance(10_000);
  expect(aheadMs()).toBe(100);
  const skew = machine.injectClock({ kind: 'skew', offsetMs: 5 });
  expect(aheadMs()).toBe(5);
  await sim.advance(1_000);
  expect(aheadMs()).toBe(15);
  skew.lift();
  expect(aheadMs()).toBe(110);
  drift.lift();
  expect(aheadMs()).toBe(0);
  expect([drift.hits, skew.hits]).toEqual([4, 2]);
});

test('Machine.injectClock: survives a restart, leaves timers alone, and other machines too', async () => {
  const { sim, aheadMs } = rig();
  const jump = sim.machine('a').injectClock({ kind: 'jump', offsetMs: 60_000 });
  sim.machine('a').crash();
  const { clock } = sim.machine('a').boot();
  const [before, other] = [clock.wallMs(), sim.machine('b').boot().clock.wallMs()];
  expect(before - other).toBe(60_000);
  await sim.run(() => clock.sleep(100));
  expect(sim.nowMs).toBe(100);
  expect(clock.nowMs()).toBe(100);
  expect(aheadMs()).toBe(60_000);
  jump.lift();
  expect(clock.wallMs() - other).toBe(100);
  expect(sim.trace.join()).toContain('a lift clock jump 60000 ms');
});
