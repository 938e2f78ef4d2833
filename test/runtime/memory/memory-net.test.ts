import { expect, test } from 'vitest';
import { SEND_BUFFER_BYTES, WINDOW_BYTES } from '../../../src/runtime/memory/memory-stream.js';
import { Simulation } from '../../../src/runtime/memory/simulation.js';
import type { ByteStream, Listener, Runtime } from '../../../src/shared/runtime.js';
import { patternBytes, readAll, readPiece } from '../bytes.js';

interface Pair {
  readonly sim: Simulation;
  readonly near: ByteStream;
  readonly far: ByteStream;
  readonly client: Runtime;
  readonly server: Runtime;
  readonly listener: Listener;
}

const DIAL = { timeoutMs: 1_000 };

/** Machine `c` connected to machine `s`. */
async function connect(seed: number): Promise<Pair> {
  const sim = new Simulation({ seed });
  const [client, server] = [sim.machine('c').boot(), sim.machine('s').boot()];
  const accepted: ByteStream[] = [];
  const listener = await sim.run(() => server.net.listen('s:7000', (stream) => accepted.push(stream)));
  const near = await sim.run(() => client.net.dial(listener.address, DIAL));
  await sim.runUntil(() => accepted.length === 1);
  return { sim, near, far: accepted[0]!, client, server, listener };
}

const failureOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    (value) => ({ resolved: value }),
    (error: unknown) => error,
  );

test('MemoryStream: bytes arrive whole and in order, in pieces of many sizes', async () => {
  const { sim, near, far } = await connect(1);
  const sent = patternBytes(3_000_000);
  const sizes = new Set<number>();
  const received = await sim.run(async () => {
    const send = (async () => {
      for (let at = 0; at < sent.length; at += 65_554) await near.write(sent.slice(at, at + 65_554));
      await near.end();
    })();
    const pieces: Uint8Array[] = [];
    for (let piece = await readPiece(far); piece !== null; piece = await readPiece(far)) {
      sizes.add(piece.length);
      pieces.push(piece);
    }
    await send;
    return Buffer.concat(pieces);
  });
  expect(received.equals(sent)).toBe(true);
  expect(sizes.size).toBeGreaterThan(10);
  expect([...sizes].some((size) => size > 65_554)).toBe(true);
});

test('MemoryStream.write: waits when nobody reads; what is under way stays bounded', async () => {
  const { sim, near, far } = await connect(2);
  let writtenBytes = 0;
  const block = 10_000;
  void (async () => {
    for (let i = 0; i < 200; i++) {
      await near.write(new Uint8Array(block));
      writtenBytes += block;
    }
    await near.end();
  })();
  await sim.advance(60_000);
  expect(writtenBytes).toBeLessThanOrEqual(WINDOW_BYTES + SEND_BUFFER_BYTES);
  expect(writtenBytes).toBeGreaterThan(WINDOW_BYTES);
  expect(await sim.run(() => readAll(far))).toHaveLength(200 * block);
});

test('MemoryStream.destroy: pending calls here reject; the other side sees the end, or a reset where bytes were unread', async () => {
  const { sim, near, far } = await connect(4);
  const pending = failureOf(readPiece(near));
  await sim.advance(1);
  near.destroy();
  near.destroy();
  expect(await sim.run(() => pending)).toMatchObject({ code: 'CONNECTION_LOST' });
  expect(await sim.run(() => failureOf(near.write(Uint8Array.of(1))))).toMatchObject({ code: 'CONNECTION_LOST' });
  expect(await sim.run(() => readPiece(far))).toBeNull();
  const writing = (async () => {
    for (;;) await far.write(new Uint8Array(1_000));
  })();
  expect(await sim.run(() => failureOf(writing))).toMatchObject({ code: 'CONNECTION_LOST' });

  const other = await connect(5);
  await other.sim.run(() => other.near.write(Uint8Array.of(1)));
  await other.sim.advance(100);
  other.far.destroy();
  expect(await other.sim.run(() => failureOf(readPiece(other.near)))).toMatchObject({ code: 'CONNECTION_LOST' });
});

test('Network.stall: holds one direction, and lets all bytes through in order on heal', async () => {
  const { sim, near, far } = await connect(7);
  const sent = patternBytes(200_000);
  sim.network.stall('c', 's');
  const write = near.write(sent.slice());
  const end = near.end();
  await sim.run(() => far.write(Uint8Array.of(5)));
  expect(await sim.run(() => readPiece(near))).toEqual(Uint8Array.of(5));
  let received: Uint8Array | null = null;
  void readAll(far).then((bytes) => (received = bytes));
  await sim.advance(60_000);
  expect(received).toBeNull();
  expect(sim.network.heldCount).toBeGreaterThan(0);
  sim.network.heal();
  await sim.runUntil(() => received !== null);
  expect(Buffer.from(received!).equals(sent)).toBe(true);
  await sim.run(() => Promise.all([write, end]));
});

test('Network.stall: holds a reset too, and a connection set-up in either direction', async () => {
  for (const [from, to] of [
    ['c', 's'],
    ['s', 'c'],
    ['*', 's'],
    ['s', '*'],
  ] as const) {
    const { sim, client, listener } = await connect(8);
    sim.network.stall(from, to);
    const started = sim.nowMs;
    const dial = client.net.dial(listener.address, { timeoutMs: 500 });
    expect(await sim.run(() => failureOf(dial))).toMatchObject({ code: 'UNAVAILABLE' });
    expect(sim.nowMs - started).toBeCloseTo(500, 0);
    const patient = client.net.dial(listener.address, { timeoutMs: 5_000 });
    await sim.advance(1_000);
    sim.network.heal(from, to);
    (await sim.run(() => patient)).destroy();
  }
  const { sim, near } = await connect(9);
  sim.network.stall('s', 'c');
  sim.machine('s').crash();
  const outcome = failureOf(readPiece(near));
  let settledAtMs = 0;
  void outcome.then(() => (settledAtMs = sim.nowMs));
  await sim.advance(10_000);
  expect(settledAtMs).toBe(0);
  sim.network.heal();
  expect(await sim.run(() => outcome)).toMatchObject({ code: 'CONNECTION_LOST' });
});

test('Network.stall: other links and a machine itself do not feel it', async () => {
  const { sim, client, server, listener } = await connect(10);
  const third = sim.machine('t').boot();
  sim.network.stall('c', '*');
  sim.network.stall('*', 'c');
  (await sim.run(() => third.net.dial(listener.address, DIAL))).destroy();
  (await sim.run(() => server.net.dial('localhost:7000', DIAL))).destroy();
  expect(await sim.run(() => failureOf(client.net.dial(listener.address, DIAL)))).toMatchObject({ code: 'UNAVAILABLE' });
});

test('Network.reset: breaks connections both ways, refuses new ones, until heal', async () => {
  for (const [from, to] of [
    ['c', 's'],
    ['s', 'c'],
  ] as const) {
    const { sim, near, far, client, listener } = await connect(11);
    const reads = [failureOf(readPiece(near)), failureOf(readPiece(far))];
    sim.network.reset(from, to);
    expect(await sim.run(() => Promise.all(reads))).toMatchObject([{ code: 'CONNECTION_LOST' }, { code: 'CONNECTION_LOST' }]);
    const startedMs = sim.nowMs;
    expect(await sim.run(() => failureOf(client.net.dial(listener.address, DIAL)))).toMatchObject({ code: 'UNAVAILABLE' });
    expect(sim.nowMs - startedMs).toBeLessThan(100);
    sim.network.heal();
    (await sim.run(() => client.net.dial(listener.address, DIAL))).destroy();
  }
});

test('Machine.crash: peers get a reset after a kill, silence after a power cut until the machine boots', async () => {
  const killed = await connect(12);
  const read = failureOf(readPiece(killed.near));
  killed.sim.machine('s').crash();
  expect(await killed.sim.run(() => read)).toMatchObject({ code: 'CONNECTION_LOST' });
  const refused = failureOf(killed.client.net.dial('s:7000', DIAL));
  expect(await killed.sim.run(() => refused)).toMatchObject({ code: 'UNAVAILABLE' });
  expect(killed.sim.nowMs).toBeLessThan(100);

  const { sim, near, client } = await connect(13);
  let outcome: unknown;
  void failureOf(readPiece(near)).then((found) => (outcome = found));
  sim.machine('s').crash({ power: true });
  const startedMs = sim.nowMs;
  expect(await sim.run(() => failureOf(client.net.dial('s:7000', DIAL)))).toMatchObject({ code: 'UNAVAILABLE' });
  expect(sim.nowMs - startedMs).toBeCloseTo(1_000, 0);
  await sim.advance(100_000);
  expect(outcome).toBeUndefined();
  sim.machine('s').boot();
  await sim.runUntil(() => outcome !== undefined, { limitMs: 100 });
  expect(outcome).toMatchObject({ code: 'CONNECTION_LOST' });
});

test('Machine.crash: what was sent before a kill still arrives', async () => {
  const { sim, near, far } = await connect(14);
  await sim.run(() => near.write(patternBytes(1_000)));
  sim.machine('c').crash();
  const received: number[] = [];
  const reading = (async () => {
    for (let piece = await readPiece(far); piece !== null; piece = await readPiece(far)) received.push(...piece);
  })();
  expect(await sim.run(() => failureOf(reading))).toMatchObject({ code: 'CONNECTION_LOST' });
  expect(received).toEqual([...patternBytes(1_000)]);
});

test('MemoryNet.listen: addresses are those of the machine, and ports are stable', async () => {
  const sim = new Simulation({ seed: 1 });
  const machine = sim.machine('s');
  const { net } = machine.boot();
  const listen = (on: Runtime['net'], address: string): Promise<Listener> => sim.run(() => on.listen(address, () => undefined));
  const first = await listen(net, '0.0.0.0:0');
  expect(first.address).toBe('s:40000');
  expect((await listen(net, '0.0.0.0:0')).address).toBe('s:40001');
  expect((await listen(net, '127.0.0.1:7000')).address).toBe('s:7000');
  await sim.run(() => first.close());
  expect((await listen(net, 's:0')).address).toBe('s:40000');
  machine.crash();
  expect((await listen(machine.boot().net, 's:7000')).address).toBe('s:7000');
});

test('MemoryStream: under any faults, what arrives is a beginning of what was sent; without a break, all of it', async () => {
  let whole = 0;
  for (let seed = 0; seed < 40; seed++) {
    const { sim, near, far, client } = await connect(seed);
    const sent = patternBytes(400_000);
    const received: Uint8Array[] = [];
    const write = async (): Promise<void> => {
      for (let at = 0; at < sent.length;) {
        const size = 1 + (client.random.uint32() % 30_000);
        await near.write(sent.slice(at, at + size));
        at += size;
      }
      await near.end();
    };
    const read = async (): Promise<void> => {
      for (let piece = await readPiece(far); piece !== null; piece = await readPiece(far)) received.push(piece);
    };
    const writing = failureOf(write());
    const reading = failureOf(read());
    const faults = [
      (): void => sim.network.stall('c', 's'),
      (): void => sim.network.stall('s', '*'),
      (): void => sim.network.heal(),
      (): void => sim.network.heal(),
      (): void => (seed % 4 === 0 ? sim.network.reset('c', 's') : sim.network.heal()),
      (): void => (seed % 4 === 1 ? near.destroy() : undefined),
    ];
    for (let i = 0; i < 20; i++) {
      await sim.advance(client.random.float() * 4);
      faults[client.random.uint32() % faults.length]?.();
    }
    sim.network.heal();
    const outcomes = await sim.run(() => Promise.all([writing, reading]));
    const arrived = Buffer.concat(received);
    expect(arrived.equals(sent.subarray(0, arrived.length))).toBe(true);
    const isWhole = arrived.length === sent.length;
    if (seed % 4 > 1) expect(isWhole, JSON.stringify(outcomes)).toBe(true);
    whole += isWhole ? 1 : 0;
  }
  expect(whole).toBeGreaterThanOrEqual(20);
  expect(whole).toBeLessThan(40);
});
