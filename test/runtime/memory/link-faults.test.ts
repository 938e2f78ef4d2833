import { expect, test } from 'vitest';
import type { LinkFault } from '../../../src/runtime/faults/link-fault.js';
import { Simulation } from '../../../src/runtime/memory/simulation.js';
import type { ByteStream, RpcChannel, Runtime } from '../../../src/shared/runtime.js';
import { patternBytes, readAll, readPiece } from '../bytes.js';
import { bindEcho, echoMethod } from './fixtures.js';

interface Pair {
  readonly sim: Simulation;
  readonly client: Runtime;
  /** Calls s from c. */
  readonly channel: RpcChannel;
  /** Both ends of a stream that c opened. */
  readonly near: ByteStream;
  readonly far: ByteStream;
}

const DIAL = { timeoutMs: 1_000 };
const CALL = { deadlineMs: 60_000 };

/** Machine `c` connected to machine `s`, by a stream and a channel. */
async function connect(seed: number): Promise<Pair> {
  const sim = new Simulation({ seed });
  const [client, server] = [sim.machine('c').boot(), sim.machine('s').boot()];
  const accepted: ByteStream[] = [];
  await sim.run(() => server.net.listen('s:7000', (stream) => accepted.push(stream)));
  await sim.run(() => server.rpc.serve('s:7001', [bindEcho(async (text) => text)]));
  const near = await sim.run(() => client.net.dial('s:7000', DIAL));
  await sim.runUntil(() => accepted.length === 1);
  const channel = client.rpc.connect('s:7001');
  await sim.run(() => channel.call(echoMethod, 'first', CALL));
  return { sim, client, channel, near, far: accepted[0]! };
}

const codeOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => 'ok',
    (error: unknown) => (error as { code: unknown }).code,
  );

/** How long a call takes, in virtual milliseconds. */
async function callMs({ sim, channel }: Pair): Promise<number> {
  const startedMs = sim.nowMs;
  await sim.run(() => channel.call(echoMethod, 'x', CALL));
  return sim.nowMs - startedMs;
}

test('Network.inject stall: holds one direction, whoever dialled; lets it through in order after the last lift', async () => {
  const pair = await connect(1);
  const { sim, client, channel, near, far } = pair;
  const first = sim.network.inject({ kind: 'stall' }, ['c'], ['s']);
  const second = sim.network.inject({ kind: 'stall' }, ['c', 'x'], ['x', 's']);
  await sim.run(() => far.write(Uint8Array.of(7)));
  expect(await sim.run(() => readPiece(near))).toEqual(Uint8Array.of(7));
  for (const byte of [1, 2, 3]) await sim.run(() => near.write(Uint8Array.of(byte)));
  await sim.run(() => near.end());
  expect(await sim.run(() => codeOf(channel.call(echoMethod, 'x', { deadlineMs: 500 })))).toBe('DEADLINE_EXCEEDED');
  expect(await sim.run(() => codeOf(client.net.dial('s:7000', DIAL)))).toBe('UNAVAILABLE');
  let received: Uint8Array | undefined;
  void readAll(far).then((bytes) => (received = bytes));
  first.lift();
  first.lift();
  await sim.advance(1_000);
  expect(received).toBeUndefined();
  second.lift();
  await sim.advance(100);
  expect(received).toEqual(Uint8Array.of(1, 2, 3));
  // The stream, the channel, the connection that was tried.
  expect([first.hits, second.hits]).toEqual([3, 3]);
  expect(await callMs(pair)).toBeLessThan(20);
});

test('Network.inject stall: holds the end of a connection, as everything else', async () => {
  const { sim, near, far } = await connect(2);
  const back = sim.network.inject({ kind: 'stall' }, ['s'], ['c']);
  far.destroy();
  sim.machine('s').crash();
  let end: unknown;
  void readPiece(near).then((piece) => (end = piece));
  await sim.advance(5_000);
  expect(end).toBeUndefined();
  back.lift();
  await sim.advance(100);
  expect(end).toBeNull();
  expect(back.hits).toBe(2);
});

test('Network.inject stall: one that takes the place of another counts what that one held', async () => {
  const { sim, near, far } = await connect(3);
  const first = sim.network.inject({ kind: 'stall' }, ['c'], ['s']);
  await sim.run(() => near.write(Uint8Array.of(1)));
  await sim.advance(100);
  const second = sim.network.inject({ kind: 'stall' }, ['c'], ['s']);
  first.lift();
  await sim.advance(100);
  expect([first.hits, second.hits]).toEqual([1, 1]);
  second.lift();
  expect(await sim.run(() => readPiece(far))).toEqual(Uint8Array.of(1));
});

test('Network.inject reset: breaks live connections at once and new ones, until it is lifted', async () => {
  const pair = await connect(4);
  const { sim, client, channel, near, far } = pair;
  const reading = [codeOf(readPiece(near)), codeOf(readPiece(far))];
  const reset = sim.network.inject({ kind: 'reset' }, ['s'], ['c']);
  const late = sim.network.inject({ kind: 'reset' }, ['c'], ['s']);
  late.lift();
  expect(await sim.run(() => Promise.all(reading))).toEqual(['CONNECTION_LOST', 'CONNECTION_LOST']);
  expect(reset.hits).toBe(2);
  expect(await sim.run(() => codeOf(client.net.dial('s:7000', DIAL)))).toBe('UNAVAILABLE');
  expect(await sim.run(() => codeOf(channel.call(echoMethod, 'x', CALL)))).toBe('UNAVAILABLE');
  expect(reset.hits).toBe(4);
  reset.lift();
  expect(await callMs(pair)).toBeLessThan(20);
  expect(await sim.run(() => codeOf(client.net.dial('s:7000', DIAL)))).toBe('ok');
  expect([reset.hits, late.hits]).toEqual([4, 0]);
});

test('Network.inject refuse: answers new connections with a reset at once; live ones and the other direction stay', async () => {
  const pair = await connect(5);
  const { sim, client } = pair;
  const refuse = sim.network.inject({ kind: 'refuse' }, ['c'], ['s']);
  const startedMs = sim.nowMs;
  expect(await sim.run(() => codeOf(client.net.dial('s:7000', DIAL)))).toBe('UNAVAILABLE');
  expect(sim.nowMs - startedMs).toBeLessThan(20);
  expect(refuse.hits).toBe(1);
  await callMs(pair);
  const server = sim.machine('s').boot();
  await sim.run(() => client.net.listen('c:1', () => undefined));
  expect(await sim.run(() => codeOf(server.net.dial('c:1', DIAL)))).toBe('ok');
  expect(refuse.hits).toBe(1);
  refuse.lift();
  expect(await sim.run(() => codeOf(client.net.dial('s:7000', DIAL)))).toBe('ok');
});

test('Network.inject delay: adds to one direction, with jitter by seed; several add up', async () => {
  const pair = await connect(6);
  const { sim } = pair;
  const fixed = sim.network.inject({ kind: 'delay', delayMs: 100, jitterMs: 0 }, ['c'], ['s']);
  expect(await callMs(pair)).toBeCloseTo(103, -1);
  const jittered = sim.network.inject({ kind: 'delay', delayMs: 200, jitterMs: 300 }, ['c', 's'], ['c', 's']);
  const times = [];
  for (let i = 0; i < 20; i++) times.push(await callMs(pair));
  expect(Math.min(...times)).toBeGreaterThan(500);
  expect(Math.max(...times)).toBeLessThan(1_120);
  expect(Math.max(...times) - Math.min(...times)).toBeGreaterThan(100);
  expect(fixed.hits).toBe(21);
  expect(jittered.hits).toBe(40);
  fixed.lift();
  expect(await callMs(pair)).toBeGreaterThan(400);
  jittered.lift();
  expect(await callMs(pair)).toBeLessThan(20);
  expect([fixed.hits, jittered.hits]).toEqual([21, 42]);
});

test('Network.inject delay: what is on its way when it is lifted arrives at once, in order', async () => {
  const { sim, near, far } = await connect(7);
  const delay = sim.network.inject({ kind: 'delay', delayMs: 50_000, jitterMs: 5_000 }, ['c'], ['s']);
  const sent = patternBytes(200_000);
  for (let at = 0; at < sent.length; at += 10_000) await sim.run(() => near.write(sent.slice(at, at + 10_000)));
  await sim.run(() => near.end());
  await sim.advance(100);
  delay.lift();
  const startedMs = sim.nowMs;
  expect(Buffer.from(await sim.run(() => readAll(far))).equals(sent)).toBe(true);
  expect(sim.nowMs - startedMs).toBeLessThan(100);
});

test('Network.inject delay: the former arrival of what was hurried does not hurry what is sent later', async () => {
  const { sim, near, far } = await connect(7);
  const first = sim.network.inject({ kind: 'delay', delayMs: 10_000, jitterMs: 0 }, ['c'], ['s']);
  await sim.run(() => near.write(Uint8Array.of(1)));
  first.lift();
  await sim.run(() => readPiece(far));
  const second = sim.network.inject({ kind: 'delay', delayMs: 30_000, jitterMs: 0 }, ['c'], ['s']);
  const startedMs = sim.nowMs;
  await sim.run(() => near.write(Uint8Array.of(2)));
  expect(await sim.run(() => readPiece(far))).toEqual(Uint8Array.of(2));
  expect(sim.nowMs - startedMs).toBeGreaterThan(30_000);
  expect([first.hits, second.hits]).toEqual([1, 1]);
});

test('Network.inject bandwidth: connections of a direction share the rate; the other direction is free', async () => {
  const { sim, client, near, far } = await connect(8);
  const limit = sim.network.inject({ kind: 'bandwidth', bytesPerSecond: 100_000 }, ['c'], ['s']);
  const streams = [near, await sim.run(() => client.net.dial('s:7000', DIAL))];
  const startedMs = sim.nowMs;
  for (const stream of streams) {
    void (async () => {
      for (let i = 0; i < 25; i++) await stream.write(new Uint8Array(10_000));
      await stream.end();
    })();
  }
  await sim.run(() => readAll(far));
  expect(sim.nowMs - startedMs).toBeGreaterThan(4_000);
  await sim.advance(10_000 - (sim.nowMs - startedMs));
  expect(limit.hits).toBeGreaterThan(50);
  const backMs = sim.nowMs;
  await sim.run(() => far.write(new Uint8Array(100_000)));
  await sim.run(() => readPiece(near));
  expect(sim.nowMs - backMs).toBeLessThan(50);
});

test('Network.inject bandwidth: a line of so many bytes a second carries so many; a lift lets the queue through', async () => {
  const { sim, near, far } = await connect(9);
  const limits = [10_000, 20_000].map((bytesPerSecond) =>
    sim.network.inject({ kind: 'bandwidth', bytesPerSecond }, ['c'], ['s']),
  );
  let receivedBytes = 0;
  void (async () => {
    for (let piece = await readPiece(far); piece !== null; piece = await readPiece(far)) receivedBytes += piece.length;
  })();
  void (async () => {
    for (let i = 0; i < 600; i++) await near.write(new Uint8Array(1_000));
    await near.end();
  })();
  await sim.advance(10_000);
  // The slowest decides; headers count too.
  expect(receivedBytes).toBeGreaterThan(85_000);
  expect(receivedBytes).toBeLessThan(100_000);
  limits[0]?.lift();
  await sim.advance(1_000);
  expect(receivedBytes).toBeGreaterThan(170_000);
  expect(receivedBytes).toBeLessThan(220_000);
  limits[1]?.lift();
  await sim.advance(100);
  expect(receivedBytes).toBe(600_000);
});

const FAULTS: readonly LinkFault[] = [
  { kind: 'stall' },
  { kind: 'delay', delayMs: 3, jitterMs: 8 },
  { kind: 'delay', delayMs: 0, jitterMs: 30 },
  { kind: 'bandwidth', bytesPerSecond: 300_000 },
  { kind: 'refuse' },
];

/** A stream and calls while faults come and go; all must arrive whole in the end. */
async function faultyDay(seed: number): Promise<{ readonly digest: string; readonly hits: readonly number[] }> {
  const { sim, client, channel, near, far } = await connect(seed);
  const sent = patternBytes(300_000);
  const write = async (): Promise<void> => {
    for (let at = 0; at < sent.length;) {
      const size = 1 + (client.random.uint32() % 20_000);
      await near.write(sent.slice(at, at + size));
      at += size;
    }
    await near.end();
  };
  const received = Promise.all([readAll(far), write()]);
  const hits = FAULTS.map(() => 0);
  const inForce: [number, ReturnType<typeof sim.network.inject>][] = [];
  for (let i = 0; i < 40; i++) {
    await sim.advance(client.random.float() * 10);
    void codeOf(channel.call(echoMethod, `call ${i}`, { deadlineMs: 20 }));
    const index = client.random.uint32() % FAULTS.length;
    if (client.random.float() < 0.5) inForce.push([index, sim.network.inject(FAULTS[index]!, ['c', 's'], ['s'])]);
    const [[lifted, active] = []] = inForce.splice(client.random.uint32() % 4, 1);
    active?.lift();
    if (lifted !== undefined) hits[lifted]! += active?.hits ?? 0;
  }
  for (const [, active] of inForce) active.lift();
  const [bytes] = await sim.run(() => received);
  expect(Buffer.from(bytes).equals(sent)).toBe(true);
  return { digest: sim.digest(), hits };
}

test('Network.inject: under stalls, delays and slow lines nothing is lost or overtaken; one seed gives one run', async () => {
  const runs = [];
  for (let seed = 0; seed < 20; seed++) runs.push(await faultyDay(seed));
  for (const [seed, run] of runs.slice(0, 4).entries()) expect(await faultyDay(seed)).toEqual(run);
  expect(new Set(runs.map((run) => run.digest)).size).toBe(20);
  for (const index of [0, 1, 2, 3]) expect(runs.some((run) => run.hits[index]! > 0)).toBe(true);
});

test('Network.inject: a machine that is on both sides still talks to itself', async () => {
  const { sim, client } = await connect(11);
  await sim.run(() => client.net.listen('c:1', () => undefined));
  const stall = sim.network.inject({ kind: 'stall' }, ['c', 's'], ['c', 's']);
  expect(await sim.run(() => codeOf(client.net.dial('c:1', DIAL)))).toBe('ok');
  expect(stall.hits).toBe(0);
});

test('Network.inject: a fault elsewhere, or lifted before anything was sent, changes nothing', async () => {
  const runs = [];
  for (const names of [[], ['x', 'y']]) {
    const pair = await connect(10);
    const active = FAULTS.map((fault) => pair.sim.network.inject(fault, names, names));
    await callMs(pair);
    for (const one of active) one.lift();
    await callMs(pair);
    runs.push(pair.sim.nowMs);
    expect(active.map((one) => one.hits)).toEqual(FAULTS.map(() => 0));
  }
  expect(runs[1]).toBe(runs[0]);
});
