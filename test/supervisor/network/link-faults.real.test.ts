/** What each fault of the fabric does to raw sockets, seen from outside, and that it is gone after it is lifted. */
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { LinkEffect } from '../../../src/supervisor/network/fabric-rules.js';
import { until } from '../../until.js';
import { FabricHarness } from './fabric-harness.js';
import type { End, Rule } from './fabric-harness.js';

const late = (delayMs: number, jitterMs = 0): LinkEffect => ({ kind: 'delay', delayMs, jitterMs, seed: 1 });
const line = (bytesPerSecond: number): LinkEffect => ({ kind: 'bandwidth', bytesPerSecond });

let net: FabricHarness;
beforeEach(async () => void (net = await FabricHarness.start()));
afterEach(async () => {
  expect(await net.leftAfterClose()).toBe(0);
});

async function timedMs(action: () => Promise<unknown>): Promise<number> {
  const startMs = performance.now();
  await action();
  return performance.now() - startMs;
}

/** One byte there and one back. */
async function roundTripMs({ a, b }: { readonly a: End; readonly b: End }): Promise<number> {
  const [before, beforeB] = [a.bytes.length, b.bytes.length];
  return timedMs(async () => {
    a.socket.write('?');
    await until(() => b.bytes.length > beforeB, 'the byte');
    b.socket.write('!');
    await until(() => a.bytes.length > before, 'the answer');
  });
}

test('delay makes a round trip take what both directions add, a new connection too, until it is lifted', async () => {
  const ends = await net.open();
  const [there, back] = [late(60), late(40)];
  net.rules(['a', 'b', there], ['b', 'a', back]);
  expect(await roundTripMs(ends)).toBeGreaterThanOrEqual(100);
  expect([net.hits('a', 'b', there), net.hits('b', 'a', back)]).toEqual([1, 1]);
  expect(await timedMs(() => net.open())).toBeGreaterThanOrEqual(100);
  expect([net.hits('a', 'b', there), net.hits('b', 'a', back)]).toEqual([2, 2]);
  net.rules();
  await roundTripMs(ends);
  await net.open();
  expect(net.hits('a', 'b', there)).toBe(2);
});

test('delay of one direction leaves the other one alone', async () => {
  const { a, b } = await net.open();
  net.rules(['a', 'b', late(60_000)]);
  a.socket.write('late');
  b.socket.write('at once');
  await until(() => a.text === 'at once', 'the other direction');
  expect(b.text).toBe('');
  net.rules();
  await until(() => b.text === 'late', 'what was delayed, once it is lifted');
});

test('delay keeps the order whatever the jitter, and a FIN back as long as bytes', async () => {
  const { a, b } = await net.open();
  net.rules(['a', 'b', late(20, 40)]);
  const startMs = performance.now();
  for (let index = 0; index < 20; index++) {
    a.socket.write(`${index} `);
    await net.settled();
  }
  a.socket.end();
  await until(() => b.ended, 'the end');
  expect(performance.now() - startMs).toBeGreaterThanOrEqual(20);
  expect(b.text).toBe(`${Array.from({ length: 20 }, (_, index) => index).join(' ')} `);
});

test('delay holds a bounded amount in flight, stops the sender, and loses nothing', async () => {
  const { a, b } = await net.open();
  const rule = late(60_000);
  net.rules(['a', 'b', rule]);
  const sent = pattern(24 * 1024 * 1024);
  a.socket.end(sent);
  let taken = -1;
  while (taken !== net.hits('a', 'b', rule)) {
    taken = net.hits('a', 'b', rule);
    await net.settled();
  }
  expect(b.chunks).toHaveLength(0);
  // What is neither in the fabric nor in the kernel's buffers.
  expect(a.socket.writableLength).toBeGreaterThan(0);
  net.rules();
  await until(() => b.ended, 'the end');
  expect(b.bytes.equals(sent)).toBe(true);
});

test('delay of an RST: the other end learns late that the sender broke, and nothing of what was under way', async () => {
  const { a, b } = await net.open();
  net.rules(['a', 'b', late(1_500)]);
  a.socket.write('under way');
  await until(() => net.hits('a', 'b', late(1_500)) === 1, 'the bytes are on their way');
  const tookMs = await timedMs(async () => {
    a.socket.resetAndDestroy();
    await until(() => b.closed, 'b learns it');
  });
  expect(tookMs).toBeGreaterThanOrEqual(1_499);
  expect([b.text, b.error]).toEqual(['', 'ECONNRESET']);
});

test('a dialler that gives up while CONNECT is delayed is forgotten, and no connection is made for it', async () => {
  net.rules(['a', 'b', late(80)], ['c', 'b', late(80)]);
  const a = await net.raw(net.connectHead('a'));
  await until(() => net.hits('a', 'b', late(80)) === 1, 'CONNECT is on its way');
  a.socket.destroy();
  // One that dials later, through as slow a link, is connected: the first would be, too.
  await net.open('c');
  expect(net.accepted).toHaveLength(1);
});

test('bandwidth: no more than the line carries, shared by all connections of the direction, until it is lifted', async () => {
  const rate = 1_000_000;
  const [first, second] = [await net.open(), await net.open()];
  net.rules(['a', 'b', line(rate)]);
  const startMs = performance.now();
  const total = 150_000;
  first.a.socket.end(Buffer.alloc(total));
  second.a.socket.end(Buffer.alloc(total));
  await until(() => first.b.ended && second.b.ended, 'both ends');
  const tookMs = performance.now() - startMs;
  // A line that was idle may catch up on 5 ms.
  expect((2 * total * 1_000) / rate).toBeLessThanOrEqual(tookMs + 6);
  expect(first.b.bytes.length + second.b.bytes.length).toBe(2 * total);
  expect(net.hits('a', 'b', line(rate))).toBeGreaterThanOrEqual(2);
  const third = await net.open();
  net.rules(['a', 'b', line(1_024)]);
  third.a.socket.end(Buffer.alloc(8 * 1024 * 1024));
  await net.settled();
  expect(third.b.bytes.length).toBeLessThan(4_096);
  net.rules();
  await until(() => third.b.bytes.length === 8 * 1024 * 1024, 'all of it, once the line is as fast as ever');
});

test('bandwidth of one direction, and the smallest of several, decide', async () => {
  const { a, b } = await net.open();
  net.rules(['a', 'b', line(10_000_000), line(100_000)]);
  b.socket.write(Buffer.alloc(1_000_000));
  await until(() => a.bytes.length === 1_000_000, 'the other direction at full speed');
  const tookMs = await timedMs(async () => {
    a.socket.write(Buffer.alloc(20_000));
    await until(() => b.bytes.length === 20_000, 'the bytes');
  });
  expect(tookMs).toBeGreaterThanOrEqual(190);
});

test('faults of one direction add up: two delays and a slow line', async () => {
  const { a, b } = await net.open();
  net.rules(['a', 'b', late(40), late(60), line(100_000)]);
  const tookMs = await timedMs(async () => {
    a.socket.write(Buffer.alloc(10_000));
    await until(() => b.bytes.length === 10_000, 'the bytes');
  });
  expect(tookMs).toBeGreaterThanOrEqual(190);
});

test('stall wins over delay and bandwidth, and what it held goes on once it is lifted', async () => {
  const { a, b } = await net.open();
  net.rules(['a', 'b', late(10), line(100_000), 'stall']);
  a.socket.write('held');
  await net.settled();
  expect(b.text).toBe('');
  expect(net.hits('a', 'b', 'stall')).toBe(1);
  net.rules(['a', 'b', late(10), line(100_000)]);
  await until(() => b.text === 'held', 'the bytes');
});

test('stall holds what a delay had under way, and counts the connection once', async () => {
  const { a, b } = await net.open();
  const later = await net.open('c');
  net.rules(['a', 'b', late(30)]);
  a.socket.write('1');
  await until(() => net.hits('a', 'b', late(30)) === 1, 'on its way');
  net.rules(['a', 'b', late(30), 'stall'], ['c', 'b', late(30)]);
  a.socket.write('2');
  later.a.socket.write('3');
  await until(() => later.b.text === '3', 'what was sent later, with the same delay and no stall');
  expect(b.text).toBe('');
  net.rules();
  await until(() => b.text === '12', 'everything');
  expect(net.hits('a', 'b', 'stall')).toBe(1);
});

test('refuse answers new connections of its direction with 502, and live ones go on', async () => {
  const { a, b } = await net.open();
  net.rules(['a', 'b', 'refuse']);
  const refused = await net.raw(net.connectHead('a'));
  await until(() => refused.ended, 'the answer');
  expect(refused.text).toMatch(/^HTTP\/1\.1 502 /);
  expect(net.hits('a', 'b', 'refuse')).toBe(1);
  expect(net.link('a', 'b')).toMatchObject({ refusals: 1, connections: 1 });
  await roundTripMs({ a, b });
  await net.open('c');
  net.rules(['b', 'a', 'refuse']);
  await net.open();
  net.rules();
  await net.open();
  expect(net.accepted).toHaveLength(4);
});

test('reset breaks both ends of live connections with ECONNRESET, counts each once, and is gone after it is lifted', async () => {
  const [first, second, other] = [await net.open(), await net.open(), await net.open('c')];
  net.rules(['a', 'b', 'reset'], ['b', 'a', 'reset']);
  await until(() => [first, second].every(({ a, b }) => a.closed && b.closed), 'both closed');
  expect([first.a, first.b, second.a, second.b].map((end) => end.error)).toEqual(Array(4).fill('ECONNRESET'));
  expect([net.hits('a', 'b', 'reset'), net.hits('b', 'a', 'reset')]).toEqual([2, 2]);
  await roundTripMs(other);
  net.rules();
  await roundTripMs(await net.open());
});

test('freeze: silence while the power is gone, RST for what was open before, and new connections pass at once', async () => {
  const open = await net.open();
  net.rules(['a', 'b', 'freeze'], ['b', 'a', 'freeze']);
  open.a.socket.write('into the dark');
  open.b.socket.destroy();
  const waiting = await net.raw(net.connectHead('a'));
  await net.settled();
  expect([open.a.ended, open.a.closed, waiting.text, net.accepted.length]).toEqual([false, false, '', 1]);
  net.rules();
  await until(() => open.a.closed, 'the peer learns that the machine has rebooted');
  expect(open.a.error).toBe('ECONNRESET');
  await until(() => waiting.text.startsWith('HTTP/1.1 200 '), 'who dialled meanwhile is connected');
});

test('freeze that ends behind a partition: RST comes when the partition is healed', async () => {
  const { a, b } = await net.open();
  net.rules(['a', 'b', 'freeze'], ['b', 'a', 'freeze', 'stall']);
  net.rules(['b', 'a', 'stall']);
  await net.settled();
  expect([a.closed, b.closed]).toEqual([false, false]);
  net.rules();
  await until(() => a.closed && b.closed, 'both closed');
  expect([a.error, b.error]).toEqual(['ECONNRESET', 'ECONNRESET']);
});

function pattern(length: number): Buffer {
  const bytes = Buffer.alloc(length);
  for (let index = 0; index + 4 <= length; index += 4) bytes.writeUInt32LE(Math.imul(index, 2_654_435_761) >>> 0, index);
  return bytes;
}

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

const anEffect: fc.Arbitrary<LinkEffect | 'stall'> = fc.oneof(
  fc.record({
    kind: fc.constant('delay' as const),
    delayMs: fc.integer({ min: 1, max: 8 }),
    jitterMs: fc.nat(12),
    seed: fc.nat(),
  }),
  fc.record({ kind: fc.constant('bandwidth' as const), bytesPerSecond: fc.integer({ min: 100_000, max: 50_000_000 }) }),
  fc.constant('stall' as const),
);
const oneWay = fc.array(anEffect, { maxLength: 3 });

test('any swaps of rules under any chunking: both streams arrive whole, in order, with their ends', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ bytes: fc.integer({ min: 1, max: 90_000 }), swap: fc.option(fc.tuple(oneWay, oneWay)) }), {
        minLength: 3,
        maxLength: 14,
      }),
      async (steps) => {
        const { a, b } = await net.open();
        const content = pattern(steps.reduce((sum, { bytes }) => sum + bytes, 0));
        let at = 0;
        for (const { bytes, swap } of steps) {
          if (swap !== null) net.rules(['a', 'b', ...swap[0]] satisfies Rule, ['b', 'a', ...swap[1]] satisfies Rule);
          const chunk = content.subarray(at, (at += bytes));
          a.socket.write(chunk);
          b.socket.write(chunk);
          await net.settled();
        }
        a.socket.end();
        b.socket.end();
        await net.settled();
        net.rules();
        await until(() => a.ended && b.ended, 'both ends');
        expect([sha256(a.bytes), sha256(b.bytes)]).toEqual([sha256(content), sha256(content)]);
      },
    ),
    { numRuns: 60 },
  );
});
