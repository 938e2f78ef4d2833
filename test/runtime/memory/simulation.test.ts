import { expect, test } from 'vitest';
import { Simulation } from '../../../src/runtime/memory/simulation.js';
import type { Runtime } from '../../../src/shared/runtime.js';
import { patternBytes, readAll } from '../bytes.js';
import { bindEcho, echoMethod } from './fixtures.js';

test('Simulation: time is virtual, and a long sleep costs nothing', async () => {
  const sim = new Simulation({ seed: 1 });
  const { clock } = sim.machine('a').boot();
  const wallBefore = clock.wallMs();
  await sim.run(() => clock.sleep(500_000));
  expect(sim.nowMs).toBeCloseTo(500_000, 0);
  expect(clock.nowMs()).toBe(sim.nowMs);
  expect(clock.wallMs() - wallBefore).toBeCloseTo(500_000, -1);
});

test('Simulation.run: returns the value, throws the error', async () => {
  const sim = new Simulation({ seed: 1 });
  const { clock } = sim.machine('a').boot();
  expect(await sim.run(() => 7)).toBe(7);
  const failing = sim.run(async () => {
    await clock.sleep(5);
    throw new RangeError('no');
  });
  await expect(failing).rejects.toThrow(RangeError);
});

test('Simulation.run: drains chains of many promises before the next event', async () => {
  const sim = new Simulation({ seed: 1 });
  const { clock } = sim.machine('a').boot();
  const order: string[] = [];
  await sim.run(async () => {
    const slow = (async () => {
      await clock.sleep(10);
      for (let i = 0; i < 5_000; i++) await Promise.resolve();
      process.nextTick(() => order.push('tick after the chain'));
      order.push('chain');
    })();
    const next = (async () => {
      await clock.sleep(10);
      order.push('next event');
    })();
    await Promise.all([slow, next]);
  });
  expect(order).toEqual(['chain', 'tick after the chain', 'next event']);
});

test('Simulation.run: says what is pending when nothing is left to happen', async () => {
  const sim = new Simulation({ seed: 'dry' });
  const a = sim.machine('a').boot();
  sim.machine('b').boot();
  sim.network.stall('b', 'a');
  const run = sim.run(() => a.net.dial('b:1', { timeoutMs: 1e9 }), { limitMs: 5_000 });
  await expect(run).rejects.toThrow(/net\.dial b:1/);
  const dry = sim.run(() => new Promise(() => undefined), { limitMs: 2e9 });
  await expect(dry).rejects.toThrow(/No event remains that could end the task \(seed dry/);
});

test('Simulation.run: ends at its limit of virtual time', async () => {
  const sim = new Simulation({ seed: 1 });
  const { clock } = sim.machine('a').boot();
  const beat = (): void => void clock.setTimer(100, beat);
  beat();
  await expect(sim.run(() => clock.sleep(10_000), { limitMs: 1_000 })).rejects.toMatchObject({ code: 'DEADLINE_EXCEEDED' });
  expect(sim.nowMs).toBe(1_000);
});

test('Simulation.run: an exception in a timer fails the run', async () => {
  const sim = new Simulation({ seed: 1 });
  const { clock } = sim.machine('a').boot();
  clock.setTimer(5, () => {
    throw new Error('thrown by a timer');
  });
  await expect(sim.run(() => clock.sleep(10))).rejects.toThrow('thrown by a timer');
  await sim.run(() => clock.sleep(10));
});

test('Simulation: a second one is refused while the first drives', async () => {
  const [one, other] = [new Simulation({ seed: 1 }), new Simulation({ seed: 1 })];
  const { clock } = one.machine('a').boot();
  const run = one.run(() => clock.sleep(10));
  await expect(other.advance(1)).rejects.toMatchObject({ code: 'INTERNAL' });
  await run;
  await other.advance(1);
});

test('Simulation.advance: makes exactly the events of that time happen', async () => {
  const sim = new Simulation({ seed: 1 });
  const { clock } = sim.machine('a').boot();
  const fired: number[] = [];
  for (const ms of [10, 20, 20.5, 21]) clock.setTimer(ms, () => fired.push(ms));
  clock.setTimer(15, () => fired.push(15)).cancel();
  await sim.advance(20.5);
  expect(fired).toEqual([10, 20, 20.5]);
  expect(sim.nowMs).toBe(20.5);
});

test('Simulation.runUntil: stops at the first event after which the condition holds; works inside a run too', async () => {
  const sim = new Simulation({ seed: 1 });
  const { clock } = sim.machine('a').boot();
  let count = 0;
  const beat = (): void => {
    count++;
    clock.setTimer(100, beat);
  };
  beat();
  await sim.runUntil(() => count === 5);
  expect(sim.nowMs).toBe(400);
  await expect(sim.runUntil(() => count === 0, { limitMs: 300 })).rejects.toMatchObject({ code: 'DEADLINE_EXCEEDED' });
  await sim.run(async () => {
    await sim.runUntil(() => count === 20);
    expect(count).toBe(20);
    await sim.advance(200);
    expect(count).toBe(22);
    expect(await sim.run(() => 'inner')).toBe('inner');
    await expect(sim.runUntil(() => count === 0, { limitMs: 300 })).rejects.toMatchObject({ code: 'DEADLINE_EXCEEDED' });
  });
});

/** Some of everything: disk, streams, calls, timers, faults, a crash. */
async function busyDay(seed: number): Promise<{ digest: string; trace: readonly string[] }> {
  const sim = new Simulation({ seed });
  const [server, disk] = [sim.machine('server'), sim.machine('client').disk];
  const serve = async (runtime: Runtime): Promise<void> => {
    await runtime.rpc.serve('0.0.0.0:7000', [
      bindEcho(async (text) => {
        await runtime.clock.sleep(runtime.random.float() * 20);
        runtime.log.info('answering', { text, error: new Error('with a stack') });
        return text;
      }),
    ]);
    await runtime.net.listen('0.0.0.0:7001', (stream) => {
      void readAll(stream).then(
        (bytes) => runtime.log.info('received', { bytes: bytes.length }),
        () => undefined,
      );
    });
  };
  await sim.run(async () => {
    await serve(server.boot());
    const client = sim.machine('client').boot();
    const channel = client.rpc.connect('server:7000');
    const stream = await client.net.dial('server:7001', { timeoutMs: 1_000 });
    const call = (i: number): Promise<unknown> =>
      channel.call(echoMethod, `call ${i}`, { deadlineMs: 50 }).catch((error: unknown) => error);
    const file = await client.disk.open('f', 'create');
    for (let i = 0; i < 20; i++) {
      await Promise.all([
        call(i),
        stream.write(patternBytes(10_000)).catch(() => undefined),
        file.write(client.random.bytes(100), i * 100),
      ]);
      if (i === 10) {
        sim.network.stall('client', 'server');
        client.clock.setTimer(100, () => sim.network.heal());
      }
    }
    server.crash({ power: true });
    await serve(server.boot());
    await call(20);
    sim.machine('client').crash({ power: true });
  });
  const lines = [...sim.trace, ...disk.files()];
  return { digest: sim.digest(), trace: lines };
}

test('Simulation.digest: a seed gives one event stream, alone, again, and after others', async () => {
  const first = await busyDay(42);
  const other = await busyDay(43);
  const again = await busyDay(42);
  expect(again.trace).toEqual(first.trace);
  expect(again.digest).toBe(first.digest);
  expect(other.digest).not.toBe(first.digest);
  expect(first.digest).toMatch(/^[0-9a-f]{64}$/);
});

test('Simulation.machine: another machine does not change the numbers that a process draws', async () => {
  const draw = (names: string[]): number[] => {
    const sim = new Simulation({ seed: 5 });
    const runtimes = names.map((name) => sim.machine(name).boot());
    const runtime = runtimes[names.indexOf('a')]!;
    return Array.from({ length: 10 }, () => runtime.random.uint32());
  };
  expect(draw(['x', 'y', 'a'])).toEqual(draw(['a']));
  const sim = new Simulation({ seed: 5 });
  const boots = [sim.machine('a').boot(), sim.machine('a').boot()].map((runtime) => runtime.random.uint32());
  expect(boots[0]).not.toBe(boots[1]);
});

test('Simulation.trace: holds log lines and events, bounded; onLog gets the lines', async () => {
  const heard: string[] = [];
  const sim = new Simulation({ seed: 1, onLog: (line) => heard.push(`${line.machine} ${line.level} ${line.message}`) });
  const { log, clock } = sim.machine('a').boot();
  log.child({ part: 'x' }).warn('odd thing', { count: 3 });
  expect(sim.trace.at(-1)).toBe('0.000 a log.warn odd thing {"part":"x","count":3}');
  expect(heard).toEqual(['a warn odd thing']);
  for (let i = 0; i < 6_000; i++) clock.setTimer(i, () => undefined);
  await sim.advance(6_000);
  expect(sim.trace).toHaveLength(5_000);
  expect(sim.trace.at(-1)).toContain('6000.000 simulation');
  expect(sim.eventCount).toBeGreaterThan(6_000);
});

test('Machine.wallSkewMs: moves the wall clock only', () => {
  const sim = new Simulation({ seed: 1 });
  const { clock } = sim.machine('a').boot();
  const before = clock.wallMs();
  sim.machine('a').wallSkewMs = -5_000;
  expect(clock.wallMs()).toBe(before - 5_000);
  expect(clock.nowMs()).toBe(0);
});

test('MemoryCompute: takes the memory away as a thread would', async () => {
  const sim = new Simulation({ seed: 1 });
  const { compute } = sim.machine('a').boot();
  const data = new Uint8Array(10).fill(7);
  await sim.run(() => compute.blockChecksums(data, 4));
  expect(data).toHaveLength(0);
});
