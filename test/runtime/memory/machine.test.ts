import { expect, test } from 'vitest';
import { Simulation } from '../../../src/runtime/memory/simulation.js';
import type { Runtime } from '../../../src/shared/runtime.js';
import { bindEcho, echoMethod } from './fixtures.js';

test('Machine.crash: pending promises never settle, no catch or finally runs, timers and handlers are dead', async () => {
  const sim = new Simulation({ seed: 1 });
  const machine = sim.machine('a');
  const runtime = machine.boot();
  const after: string[] = [];
  const attempt = async (what: string, action: () => Promise<unknown>): Promise<void> => {
    try {
      await action();
      after.push(`${what} resolved`);
    } catch {
      after.push(`${what} rejected`);
    } finally {
      after.push(`${what} finally`);
    }
  };
  const file = await sim.run(() => runtime.disk.open('f', 'create'));
  await sim.run(() => runtime.rpc.serve('0.0.0.0:1', [bindEcho(async () => after.push('handled').toString())]));
  void attempt('write', () => file.write(new Uint8Array(10), 0));
  void attempt('sleep', () => runtime.clock.sleep(5));
  void attempt('call', () => runtime.rpc.connect('nowhere:1').call(echoMethod, 'x', { deadlineMs: 50 }));
  void attempt('dial', () => runtime.net.dial('a:9', { timeoutMs: 50 }));
  void attempt('compute', () => runtime.compute.blockChecksums(new Uint8Array(10), 4));
  runtime.clock.setTimer(5, () => after.push('timer'));
  machine.crash();
  expect(machine.isUp).toBe(false);
  void attempt('late write', () => file.write(new Uint8Array(10), 0));
  void attempt('late sleep', () => runtime.clock.sleep(5));
  void attempt('late call', () => runtime.rpc.connect('a:1').call(echoMethod, 'x', { deadlineMs: 50 }));
  runtime.clock.setTimer(5, () => after.push('late timer'));
  runtime.log.info('late line');
  const other = sim.machine('b').boot();
  const call = sim.run(() => other.rpc.connect('a:1').call(echoMethod, 'x', { deadlineMs: 50 }));
  await expect(call).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  await sim.advance(10_000);
  expect(after).toEqual([]);
  expect(sim.trace.join()).not.toContain('late line');
});

test('Machine.boot: the disk stays, the process is new', async () => {
  const sim = new Simulation({ seed: 1 });
  const machine = sim.machine('a');
  machine.disk.writeFile('dir/f', Uint8Array.of(1, 2, 3));
  machine.boot();
  machine.crash();
  const runtime = machine.boot();
  const size = await sim.run(async () => (await runtime.disk.open('dir/f', 'read')).sizeBytes());
  expect(size).toBe(3);
  expect(machine.isUp).toBe(true);
});

/** Four calls with an effect each; `done` tells how far the caller got. */
async function routine(runtime: Runtime, done: string[]): Promise<void> {
  const file = await runtime.disk.open('f', 'create');
  done.push('open');
  await file.write(Uint8Array.of(1), 0);
  done.push('write');
  await file.sync();
  done.push('sync');
  await runtime.disk.rename('f', 'g');
  done.push('rename');
}

const stateOf = (files: string[], size: number): string => `${files.join()}:${size}`;

test('Machine.crashAtCall: strikes at each call of a routine, before its effect or after', async () => {
  const seen: Record<'before' | 'after', string[]> = { before: [], after: [] };
  for (const when of ['before', 'after'] as const) {
    for (let n = 1; n <= 4; n++) {
      const sim = new Simulation({ seed: n });
      const machine = sim.machine('a');
      const done: string[] = [];
      machine.crashAtCall(n, { when });
      void routine(machine.boot(), done);
      await sim.runUntil(() => !machine.isUp);
      await sim.advance(100);
      expect(done).toEqual(['open', 'write', 'sync', 'rename'].slice(0, n - 1));
      expect(machine.calls).toBe(n);
      const files = machine.disk.files();
      seen[when].push(stateOf(files, files[0] === undefined ? 0 : machine.disk.readFile(files[0]).length));
    }
  }
  expect(seen.before).toEqual([':0', 'f:0', 'f:1', 'f:1']);
  expect(seen.after).toEqual(['f:0', 'f:1', 'f:1', 'g:1']);
  const sim = new Simulation({ seed: 5 });
  const machine = sim.machine('a');
  machine.crashAtCall(5);
  const done: string[] = [];
  await sim.run(() => routine(machine.boot(), done));
  expect(done).toHaveLength(4);
  expect(machine.isUp).toBe(true);
});

test('Machine.crashAtCall: after an rpc call means that the server ran it', async () => {
  for (const when of ['before', 'after'] as const) {
    const sim = new Simulation({ seed: 3 });
    let handled = 0;
    await sim.run(() =>
      sim
        .machine('s')
        .boot()
        .rpc.serve('0.0.0.0:1', [bindEcho(async (text) => `${text}${++handled}`)]),
    );
    const client = sim.machine('c');
    const runtime = client.boot();
    client.crashAtCall(1, { when, power: true });
    let heard = false;
    void runtime.rpc
      .connect('s:1')
      .call(echoMethod, 'x', { deadlineMs: 1_000 })
      .finally(() => (heard = true));
    await sim.runUntil(() => !client.isUp);
    await sim.advance(2_000);
    expect(handled).toBe(when === 'before' ? 0 : 1);
    expect(heard).toBe(false);
  }
});

test('Machine.crash: a call that was made and not carried out may or may not have happened', async () => {
  const left = new Set<string>();
  for (let seed = 0; seed < 40; seed++) {
    const sim = new Simulation({ seed });
    const machine = sim.machine('a');
    const runtime = machine.boot();
    const file = await sim.run(() => runtime.disk.open('f', 'create'));
    void file.write(new Uint8Array(1_000).fill(1), 0);
    machine.crash();
    const { length } = machine.disk.readFile('f');
    left.add(length === 0 ? 'nothing' : length === 1_000 ? 'all' : 'its beginning');
  }
  expect([...left].sort()).toEqual(['all', 'its beginning', 'nothing']);
});
