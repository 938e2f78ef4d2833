import { expect, test } from 'vitest';
import { Simulation } from '../../../src/runtime/memory/simulation.js';
import { readAll, readPiece } from '../bytes.js';
import { bindEcho, echoMethod } from './fixtures.js';

/** What two machines exchange while one of them sleeps; with the digest of it. */
async function pausedExchange(seed: number): Promise<{ readonly log: readonly string[]; readonly digest: string }> {
  const sim = new Simulation({ seed });
  const [a, b] = [sim.machine('a').boot(), sim.machine('b').boot()];
  const log: string[] = [];
  await sim.run(async () => {
    const received: number[] = [];
    await b.net.listen('b:1', (stream) => {
      void (async () => {
        for (let piece = await readPiece(stream); piece !== null; piece = await readPiece(stream)) {
          received.push(...piece);
          log.push(`${Math.floor(sim.nowMs / 100)} read`);
        }
      })();
    });
    b.clock.setTimer(100, () => log.push(`${Math.floor(sim.nowMs / 100)} timer`));
    const stream = await a.net.dial('b:1', { timeoutMs: 1_000 });
    await stream.write(Uint8Array.of(1, 2));
    await a.clock.sleep(50);
    sim.machine('b').pause();
    for (let i = 3; i < 60; i++) await stream.write(Uint8Array.of(i));
    // The kernel answers for a paused process.
    const late = await a.net.dial('b:1', { timeoutMs: 1_000 });
    await late.write(Uint8Array.of(60));
    await a.clock.sleep(450);
    log.push(`${Math.floor(sim.nowMs / 100)} resume after ${received.length}`);
    sim.machine('b').resume();
    await stream.write(Uint8Array.of(61));
    await a.clock.sleep(100);
    const fromFirst = received.filter((byte) => byte !== 60);
    expect(fromFirst).toEqual([...Array.from({ length: 59 }, (_, i) => i + 1), 61]);
    expect(received).toContain(60);
  });
  return { log, digest: sim.digest() };
}

test('Machine.pause: holds timers and deliveries, and lets them happen in order after resume', async () => {
  const { log } = await pausedExchange(1);
  expect(log).toContain('5 resume after 2');
  expect(log.filter((line) => line.endsWith('timer'))).toEqual(['5 timer']);
  expect(log.indexOf('5 timer')).toBeGreaterThan(log.indexOf('5 resume after 2'));
});

test('Machine.pause: one seed gives one run', async () => {
  const [first, other, again] = [await pausedExchange(1), await pausedExchange(2), await pausedExchange(1)];
  expect(again).toEqual(first);
  expect(other.digest).not.toBe(first.digest);
});

test('Machine.pause: a writer is held back once the buffers are full, and goes on after resume', async () => {
  const sim = new Simulation({ seed: 3 });
  const [a, b] = [sim.machine('a').boot(), sim.machine('b').boot()];
  await sim.run(async () => {
    const read = new Promise<Uint8Array>((resolve) => {
      void b.net.listen('b:1', (stream) => void readAll(stream).then(resolve));
    });
    await b.clock.sleep(1);
    const stream = await a.net.dial('b:1', { timeoutMs: 1_000 });
    sim.machine('b').pause();
    let writtenBytes = 0;
    const writing = (async () => {
      for (let i = 0; i < 64; i++) {
        await stream.write(new Uint8Array(64 * 1024));
        writtenBytes += 64 * 1024;
      }
      await stream.end();
    })();
    await a.clock.sleep(5_000);
    expect(writtenBytes).toBeLessThan(1024 * 1024);
    sim.machine('b').resume();
    await writing;
    expect((await read).length).toBe(4 * 1024 * 1024);
  });
});

test('Machine.pause: callers of a paused server run into their deadlines; a paused process can be killed', async () => {
  const sim = new Simulation({ seed: 4 });
  const [a, b] = [sim.machine('a').boot(), sim.machine('b').boot()];
  await sim.run(async () => {
    await b.rpc.serve('b:1', [bindEcho(async (text) => text)]);
    const channel = a.rpc.connect('b:1');
    await channel.call(echoMethod, 'x', { deadlineMs: 500 });
    sim.machine('b').pause();
    await expect(channel.call(echoMethod, 'x', { deadlineMs: 500 })).rejects.toMatchObject({
      code: 'DEADLINE_EXCEEDED',
    });
    sim.machine('b').crash();
    await expect(channel.call(echoMethod, 'x', { deadlineMs: 500 })).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    sim.machine('b').resume();
  });
});
