import { expect, test } from 'vitest';
import type { DiskFault } from '../../../src/runtime/memory/machine-disk.js';
import type { Machine } from '../../../src/runtime/memory/machine.js';
import { Simulation } from '../../../src/runtime/memory/simulation.js';
import type { Runtime } from '../../../src/shared/runtime.js';

interface Rig {
  readonly sim: Simulation;
  readonly machine: Machine;
  readonly runtime: Runtime;
}

function rig(seed = 1): Rig {
  const sim = new Simulation({ seed });
  const machine = sim.machine('a');
  machine.disk.writeFile('data', new Uint8Array(100));
  machine.disk.writeFile('other', new Uint8Array(100));
  return { sim, machine, runtime: machine.boot() };
}

const outcome = async ({ sim }: Rig, action: () => Promise<unknown>): Promise<unknown> => {
  try {
    await sim.run(action);
    return 'ok';
  } catch (error) {
    return (error as { code: unknown }).code;
  }
};

const sizeOf = async (path: string, runtime: Runtime): Promise<number> => (await runtime.disk.open(path, 'read')).sizeBytes();

test('MachineDisk.inject eio: chosen operations on chosen paths fail without effect, in every process, until it is lifted', async () => {
  const own = rig();
  const { machine } = own;
  const path = (name: string): boolean => name === 'data' || name === 'new';
  const eio = machine.disk.inject({ kind: 'eio', operations: ['write', 'rename'], probability: 1, path });
  const write = async (name: string, runtime: Runtime): Promise<void> =>
    (await runtime.disk.open(name, 'update')).write(new Uint8Array(200), 0);
  expect(await outcome(own, () => write('data', own.runtime))).toBe('IO_ERROR');
  expect(await outcome(own, () => own.runtime.disk.rename('other', 'new'))).toBe('IO_ERROR');
  expect(machine.disk.files()).toEqual(['data', 'other']);
  machine.crash();
  const next = machine.boot();
  expect(await outcome(own, () => write('data', next))).toBe('IO_ERROR');
  expect(machine.disk.readFile('data')).toHaveLength(100);
  expect(await outcome(own, () => write('other', next))).toBe('ok');
  expect(await outcome(own, () => sizeOf('data', next))).toBe('ok');
  expect(eio.hits).toBe(3);
  eio.lift();
  eio.lift();
  expect(await outcome(own, () => write('data', next))).toBe('ok');
  expect(eio.hits).toBe(3);
});

test('MachineDisk.inject eio: a probability strikes that often, by seed', async () => {
  const strikes = async (seed: number): Promise<{ readonly hits: number; readonly digest: string }> => {
    const own = rig(seed);
    const eio = own.machine.disk.inject({ kind: 'eio', operations: ['open'], probability: 0.25 });
    let failures = 0;
    for (let i = 0; i < 200; i++) {
      if ((await outcome(own, () => own.runtime.disk.open('data', 'read'))) !== 'ok') failures++;
    }
    expect(eio.hits).toBe(failures);
    return { hits: failures, digest: own.sim.digest() };
  };
  const runs = [await strikes(1), await strikes(2), await strikes(1)];
  expect(runs[2]).toEqual(runs[0]);
  expect(runs[1]?.digest).not.toBe(runs[0]?.digest);
  for (const { hits } of runs) expect(hits).toBeGreaterThan(30);
  for (const { hits } of runs) expect(hits).toBeLessThan(75);
});

test('MachineDisk.inject eio: a sync that failed loses what a failed fsync does', async () => {
  const survived = new Set<number>();
  for (let seed = 0; seed < 20; seed++) {
    const own = rig(seed);
    const eio = own.machine.disk.inject({ kind: 'eio', operations: ['sync'], probability: 1 });
    const fill = async (): Promise<void> => {
      const file = await own.runtime.disk.open('data', 'update');
      await file.write(new Uint8Array(100).fill(1), 0);
      await file.sync().catch(() => undefined);
      eio.lift();
      await file.sync();
    };
    expect(await outcome(own, fill)).toBe('ok');
    own.machine.crash({ power: true });
    survived.add(own.machine.disk.readFile('data').reduce((sum, byte) => sum + byte, 0));
  }
  expect(Math.min(...survived)).toBe(0);
  expect(Math.max(...survived)).toBe(100);
});

test('MachineDisk.inject enospc: growing fails as on a full disk; the rest works, and so does growing after it', async () => {
  const own = rig();
  const { machine, runtime } = own;
  const write = async (position: number): Promise<void> =>
    (await runtime.disk.open('data', 'update')).write(new Uint8Array(50).fill(1), position);
  const enospc = machine.disk.inject({ kind: 'enospc' });
  expect(await outcome(own, () => write(50))).toBe('ok');
  expect(await outcome(own, () => write(80))).toBe('NO_SPACE');
  expect(machine.disk.readFile('data')).toHaveLength(100);
  expect(await outcome(own, async () => (await runtime.disk.open('data', 'update')).truncate(200))).toBe('NO_SPACE');
  expect(enospc.hits).toBe(2);
  expect(await own.sim.run(() => runtime.disk.space())).toMatchObject({ freeBytes: 0 });
  expect(enospc.hits).toBe(3);
  enospc.lift();
  expect(await outcome(own, () => write(80))).toBe('ok');
  expect(machine.disk.readFile('data')).toHaveLength(130);
  expect(enospc.hits).toBe(3);
});

test('MachineDisk.inject fill: so much is left; each lift gives back what it took', async () => {
  const own = rig();
  const { machine, runtime } = own;
  const freeBytes = async (): Promise<number> => (await own.sim.run(() => runtime.disk.space())).freeBytes;
  const write = async (bytes: number): Promise<void> =>
    (await runtime.disk.open('data', 'update')).write(new Uint8Array(bytes), 100);
  const atFirst = await freeBytes();
  const fills = [1_000, 10, 2_000].map((left) => machine.disk.inject({ kind: 'fill', freeBytes: left }));
  expect(await freeBytes()).toBe(10);
  expect(await outcome(own, () => write(500))).toBe('NO_SPACE');
  expect(machine.disk.readFile('data')).toHaveLength(110);
  fills[1]?.lift();
  expect(await freeBytes()).toBe(990);
  expect(await outcome(own, () => write(500))).toBe('ok');
  expect(await freeBytes()).toBe(500);
  fills[0]?.lift();
  expect(await freeBytes()).toBe(1_500);
  fills[2]?.lift();
  expect(await freeBytes()).toBe(atFirst - 500);
  expect(fills.map((fill) => fill.hits)).toEqual([4, 2, 5]);
});

test('MachineDisk.inject slow: every operation takes so much longer; several add up', async () => {
  const own = rig();
  const { sim, machine, runtime } = own;
  const openMs = async (): Promise<number> => {
    const startedMs = sim.nowMs;
    await sim.run(() => runtime.disk.open('data', 'read'));
    return sim.nowMs - startedMs;
  };
  const usual = await openMs();
  const slows = [100, 1_000].map((delayMs) => machine.disk.inject({ kind: 'slow', delayMs }));
  expect((await openMs()) - usual).toBeCloseTo(1_100, -1);
  slows[1]?.lift();
  expect((await openMs()) - usual).toBeCloseTo(100, -1);
  slows[0]?.lift();
  expect(await openMs()).toBeLessThan(1);
  expect(slows.map((slow) => slow.hits)).toEqual([2, 1]);
});

test('MachineDisk.inject slow, of some operations: no other one takes longer, or is counted', async () => {
  const { sim, machine, runtime } = rig();
  const slow = machine.disk.inject({ kind: 'slow', delayMs: 100, operations: ['sync', 'syncDirectory'] });
  const file = await sim.run(() => runtime.disk.open('data', 'read'));
  const openedMs = sim.nowMs;
  expect([openedMs < 10, slow.hits]).toEqual([true, 0]);
  await sim.run(() => file.sync());
  await sim.run(() => runtime.disk.syncDirectory('.'));
  expect(sim.nowMs - openedMs).toBeCloseTo(200, -1);
  expect(slow.hits).toBe(2);
});

test('MachineDisk.impose: lifts in any order leave the disk as it was', async () => {
  const faults: readonly DiskFault[] = [
    { kind: 'fill', freeBytes: 5 },
    { kind: 'enospc' },
    { kind: 'fill', freeBytes: 0 },
    { kind: 'slow', delayMs: 10 },
    { kind: 'eio', operations: ['open', 'write'], probability: 0.5 },
  ];
  for (const order of [
    [0, 1, 2, 3, 4],
    [4, 3, 2, 1, 0],
    [2, 0, 4, 1, 3],
  ]) {
    const own = rig();
    const active = faults.map((fault) => own.machine.disk.inject(fault));
    for (const index of order) active[index]?.lift();
    const { freeBytes, totalBytes } = await own.sim.run(() => own.runtime.disk.space());
    expect(freeBytes).toBe(totalBytes - 200);
    for (let i = 0; i < 20; i++) expect(await outcome(own, () => own.runtime.disk.open('data', 'read'))).toBe('ok');
    expect(own.sim.nowMs).toBeLessThan(10);
  }
});

test('MachineDisk.inject lie: a sync succeeds and keeps nothing, until it is lifted', async () => {
  const { sim, machine, runtime } = rig();
  const lie = machine.disk.inject({ kind: 'lie' });
  const write = async (name: string): Promise<void> => {
    const file = await runtime.disk.open(name, 'create');
    await file.write(new Uint8Array(10), 0);
    await file.sync();
    await runtime.disk.syncDirectory('.');
  };
  await sim.run(() => write('told'));
  expect(lie.hits).toBe(2);
  expect(machine.disk.durable.files()).not.toContain('told');
  lie.lift();
  await sim.run(() => write('kept'));
  expect(lie.hits).toBe(2);
  expect(machine.disk.durable.files()).toContain('kept');
});

test('MachineDisk.inject hang: a call that begins returns when the fault is lifted; of a process that died, never', async () => {
  const { sim, machine, runtime } = rig();
  const hang = machine.disk.inject({ kind: 'hang', operations: ['sync'], path: (path) => path === 'data' });
  const done: string[] = [];
  const sync = async (name: string, who: string): Promise<void> => {
    const file = await runtime.disk.open(name, 'update');
    await file.sync();
    done.push(who);
  };
  void sync('data', 'first');
  void sync('other', 'other');
  await sim.advance(100_000);
  expect(done).toEqual(['other']);
  hang.lift();
  await sim.advance(100);
  expect({ done, hits: hang.hits }).toEqual({ done: ['other', 'first'], hits: 1 });
  const again = machine.disk.inject({ kind: 'hang', operations: ['sync'] });
  void sync('data', 'dead');
  await sim.advance(100);
  machine.crash();
  again.lift();
  await sim.advance(100);
  expect(done).toEqual(['other', 'first']);
});

test('MachineDisk.inject eio: with the code that another system error has', async () => {
  const own = rig();
  const { machine, runtime } = own;
  const open = (errno?: string): Promise<unknown> => {
    const more = errno === undefined ? {} : { errno };
    const fault = machine.disk.inject({ kind: 'eio', operations: ['open'], probability: 1, ...more });
    return outcome(own, () => runtime.disk.open('data', 'read')).finally(() => fault.lift());
  };
  expect([await open(), await open('EACCES'), await open('ENOENT'), await open('ENOSPC')]).toEqual([
    'IO_ERROR',
    'IO_ERROR',
    'NOT_FOUND',
    'NO_SPACE',
  ]);
});
