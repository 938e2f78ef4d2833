import { expect, test } from 'vitest';
import { Leases } from '../../../src/master/leader/leases.js';
import { StateDigest } from '../../../src/master/state/tables/digest.js';
import { SessionTable } from '../../../src/master/state/tables/session-table.js';
import { Simulation } from '../../../src/runtime/memory/simulation.js';

const TIMINGS = { leaseSoftMs: 6_000, lostAfterMs: 600 };

function rig() {
  const sim = new Simulation({ seed: 1 });
  const { clock } = sim.machine('m-1').boot();
  const sessions = new SessionTable(new StateDigest());
  const leases = new Leases(sessions, clock, TIMINGS);
  return { sim, sessions, leases, clock };
}

test('Leases: a silent session lapses after the soft time, of a new leader counted from its start', async () => {
  const { sim, leases } = rig();
  await sim.run(async () => {
    await sim.advance(5_000);
    leases.renew(1, 'c:1');
    expect(leases.viewOf(2)).toEqual({ peer: '', state: 'silent', heardAgoMs: 5_000, freeAfterMs: 1_000 });
    await sim.advance(1_001);
    expect([leases.hasLapsed(1), leases.hasLapsed(2)]).toEqual([false, true]);
    expect(leases.viewOf(1)).toEqual({ peer: 'c:1', state: 'silent', heardAgoMs: 1_001, freeAfterMs: 4_999 });
    await sim.advance(5_000);
    expect(leases.hasLapsed(1)).toBe(true);
  });
});

test('Leases: a session whose held call breaks lapses after the grace, unless anything of it is heard', async () => {
  const { sim, leases } = rig();
  await sim.run(async () => {
    for (const isHeard of [true, false]) {
      const gone = new AbortController();
      const held = leases.hold(1, 1_500, 'c:1', gone.signal);
      await sim.advance(100);
      expect(leases.viewOf(1)).toMatchObject({ state: 'held', freeAfterMs: 5_900 });
      gone.abort();
      await held;
      expect(leases.viewOf(1)).toMatchObject({ state: 'lost', freeAfterMs: 600 });
      await sim.advance(590);
      if (isHeard) leases.renew(1);
      await sim.advance(11);
      expect(leases.hasLapsed(1)).toBe(!isHeard);
    }
    const gone = AbortSignal.abort();
    await leases.hold(1, 1_500, 'c:1', gone);
    expect(leases.viewOf(1)).toMatchObject({ state: 'lost' });
  });
});

test('Leases: a call ends in time, by a later one of the session, and with the leadership; a broken one that was replaced says nothing', async () => {
  const { sim, leases, clock } = rig();
  await sim.run(async () => {
    const fromMs = clock.nowMs();
    await leases.hold(1, 1_500, 'c:1', new AbortController().signal);
    expect(clock.nowMs() - fromMs).toBe(1_500);
    expect(leases.viewOf(1).state).toBe('silent');
    const former = new AbortController();
    const first = leases.hold(1, 1_500, 'c:1', former.signal);
    const second = leases.hold(1, 1_500, 'c:2', new AbortController().signal);
    await first;
    former.abort();
    expect(leases.viewOf(1)).toMatchObject({ state: 'held', peer: 'c:2' });
    leases.end();
    await second;
    await expect(leases.hold(1, 1_500, 'c:2', new AbortController().signal)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    expect(clock.nowMs() - fromMs).toBe(1_500);
  });
});

test('Leases: those of ended sessions are forgotten', async () => {
  const { sim, leases, sessions } = rig();
  await sim.run(async () => {
    const living = sessions.open('living', 0, 0);
    leases.renew(living.id, 'c:1');
    for (let id = 1_000; id < 4_000; id += 1) leases.renew(id, 'x:1');
    expect(leases.viewOf(living.id).peer).toBe('c:1');
    expect(leases.viewOf(1_000).peer).toBe('');
  });
});
