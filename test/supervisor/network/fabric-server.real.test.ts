import { connect } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { until } from '../../until.js';
import { FabricHarness } from './fabric-harness.js';

let net: FabricHarness;
beforeEach(async () => void (net = await FabricHarness.start()));
afterEach(() => net.close());

test('FabricServer passes bytes both ways and counts them for each direction', async () => {
  const { a, b } = await net.open();
  a.socket.write('ping');
  await until(() => b.text === 'ping', 'ping');
  b.socket.write('pong!');
  await until(() => a.text === 'pong!', 'pong');
  expect(net.link('a', 'b')).toMatchObject({ bytes: 4, connections: 1, heldBytes: 0, resets: 0 });
  expect(net.link('b', 'a')).toMatchObject({ bytes: 5, connections: 0 });
});

test('FabricServer passes on a FIN of one direction and keeps the other open', async () => {
  const { a, b } = await net.open();
  a.socket.end('last');
  await until(() => b.ended, 'FIN at b');
  b.socket.write('answer');
  await until(() => a.text === 'answer', 'answer after FIN');
  b.socket.end();
  await until(() => a.ended, 'FIN at a');
});

test('FabricServer moves 64 MiB intact through a slow reader with bounded memory', async () => {
  const { a, b } = await net.open();
  const block = Buffer.alloc(1024 * 1024, 'x');
  b.socket.pause();
  let sent = 0;
  const write = (): void => {
    while (sent < 64) {
      sent++;
      if (!a.socket.write(block)) break;
    }
  };
  a.socket.on('drain', write);
  write();
  await net.settled();
  // What is neither in b nor back in a's queue is in kernels and in the fabric.
  const taken = sent * block.length - a.socket.writableLength;
  expect(net.link('a', 'b')!.bytes).toBeLessThanOrEqual(taken);
  expect(net.link('a', 'b')!.bytes).toBeLessThan(32 * block.length);
  let received = 0;
  b.socket.removeAllListeners('data');
  b.socket.on('data', (chunk: Buffer) => (received += chunk.length));
  b.socket.resume();
  await until(() => received === 64 * block.length, 'all bytes');
});

test.each([
  ['from who dialled', 'a', 'b'],
  ['from who was dialled', 'b', 'a'],
])('stall holds the bytes %s, lets the other direction flow, and goes on in order', async (_what, source, target) => {
  const ends = await net.open();
  const from = source === 'a' ? ends.a : ends.b;
  const to = source === 'a' ? ends.b : ends.a;
  from.socket.write('1');
  await until(() => to.text === '1', 'first byte');
  net.rules([source, target, 'stall']);
  from.socket.write('2');
  to.socket.write('back');
  await until(() => from.text === 'back', 'the other direction');
  from.socket.write('3');
  await net.settled();
  expect(to.text).toBe('1');
  await until(() => net.link(source, target)?.heldBytes === 2, 'held bytes are counted');
  net.rules();
  from.socket.write('4');
  await until(() => to.text === '1234', 'everything in order');
});

test('stall holds far more than its memory back at the sender and loses nothing', async () => {
  const { a, b } = await net.open();
  net.rules(['a', 'b', 'stall']);
  const sent = Buffer.alloc(24 * 1024 * 1024);
  for (let index = 0; index < sent.length; index += 4) sent.writeUInt32LE(index, index);
  a.socket.end(sent);
  await net.settled();
  expect(b.chunks).toHaveLength(0);
  expect(net.link('a', 'b')!.heldBytes).toBeLessThan(256 * 1024);
  expect(a.socket.writableLength).toBeGreaterThan(0);
  net.rules();
  await until(() => b.ended, 'the end');
  expect(b.bytes.equals(sent)).toBe(true);
});

test('stall keeps the death of the dialler from the other side until heal', async () => {
  const { a, b } = await net.open();
  net.rules(['a', 'b', 'stall'], ['b', 'a', 'stall']);
  a.socket.write('dying words');
  await net.settled();
  a.socket.resetAndDestroy();
  b.socket.write('are you there?');
  await net.settled();
  expect([b.text, b.ended, b.closed]).toEqual(['', false, false]);
  net.rules();
  await until(() => b.closed, 'b learns it');
  expect([b.text, b.error]).toEqual(['', 'ECONNRESET']);
});

test('stall of one direction keeps a FIN back while the other direction still flows into the dead socket', async () => {
  const { a, b } = await net.open();
  net.rules(['b', 'a', 'stall']);
  b.socket.write('held');
  b.socket.destroy();
  await net.settled();
  for (let count = 0; count < 20; count++) {
    a.socket.write('into the void');
    await net.settled();
  }
  expect([a.text, a.ended, a.closed]).toEqual(['', false, false]);
  net.rules();
  await until(() => a.ended || a.closed, 'a learns it');
  expect(['held', '']).toContain(a.text);
});

test('stall leaves CONNECT unanswered in either direction, and heal answers it', async () => {
  for (const rule of [
    ['a', 'b', 'stall'],
    ['b', 'a', 'stall'],
  ] as const) {
    net.rules(rule);
    const before = net.accepted.length;
    const a = await net.raw(net.connectHead('a'));
    await net.settled();
    expect([a.text, net.accepted.length]).toEqual(['', before]);
    net.rules();
    await until(() => a.text.startsWith('HTTP/1.1 200 '), 'the answer after heal');
  }
  expect(net.link('a', 'b')).toMatchObject({ heldConnections: 2, connections: 2 });
});

test('stall forgets a dialler that gave up, and never dials for it', async () => {
  net.rules(['*', 'b', 'stall']);
  const a = await net.raw(net.connectHead('a'));
  await net.settled();
  a.socket.destroy();
  await net.settled();
  net.rules();
  await net.settled();
  expect(net.accepted).toHaveLength(0);
});

test('stall leaves other pairs alone', async () => {
  const cut = await net.open('a');
  net.rules(['a', 'b', 'stall'], ['b', 'a', 'stall']);
  const other = await net.open('c');
  other.a.socket.write('hello');
  cut.a.socket.write('hello');
  await until(() => other.b.text === 'hello', 'bytes of the other pair');
  await net.settled();
  expect(cut.b.text).toBe('');
});

test('reset breaks live connections with RST at both ends and refuses new ones', async () => {
  const { a, b } = await net.open();
  net.rules(['b', 'a', 'reset']);
  await until(() => a.closed && b.closed, 'both closed');
  expect([a.error, b.error]).toEqual(['ECONNRESET', 'ECONNRESET']);
  const refused = await net.raw(net.connectHead('a'));
  await until(() => refused.closed, 'refused');
  expect(refused.text).toBe('');
  expect(net.link('a', 'b')).toMatchObject({ resets: 2, connections: 1 });
  net.rules();
  await net.open();
});

test('reset breaks a CONNECT that a stall left waiting', async () => {
  net.rules(['a', 'b', 'stall']);
  const a = await net.raw(net.connectHead('a'));
  await net.settled();
  net.rules(['a', 'b', 'reset']);
  await until(() => a.closed, 'refused');
  expect(a.text).toBe('');
});

test('stall delivers the last words and the FIN of a sender that ended meanwhile', async () => {
  const { a, b } = await net.open();
  net.rules(['a', 'b', 'stall'], ['b', 'a', 'stall']);
  a.socket.end('last words');
  await net.settled();
  expect([b.text, b.ended]).toEqual(['', false]);
  net.rules();
  await until(() => b.ended, 'the end');
  expect(b.text).toBe('last words');
});

test('reset also breaks a connection whose reader has stopped and whose queues are full', async () => {
  const { a, b } = await net.open();
  b.socket.pause();
  a.socket.end(Buffer.alloc(32 * 1024 * 1024));
  await net.settled();
  net.rules(['a', 'b', 'reset']);
  await until(() => a.closed, 'broken');
  b.socket.resume();
  await until(() => b.ended || b.closed, 'broken at the reader');
  expect(b.bytes.length).toBeLessThan(32 * 1024 * 1024);
});

test('FabricServer answers 502 for a node that does not listen', async () => {
  net.fabric.setNodes([{ id: 'b', address: '127.0.0.1:1', ownsHost: false }]);
  const a = await net.raw(net.connectHead('a', undefined, '127.0.0.1:1'));
  await until(() => a.ended, 'the end');
  expect(a.text).toMatch(/^HTTP\/1\.1 502 /);
});

test.each([
  ['a wrong token', () => net.connectHead('a', 'wrong'), 407],
  ['no credentials', () => `CONNECT ${net.targetAddress} HTTP/1.1\r\n\r\n`, 407],
  ['a name that is none', () => net.connectHead('a b'), 407],
  ['a target outside the lab', () => net.connectHead('a', undefined, '192.0.2.1:80'), 403],
  ['a target that is no address', () => net.connectHead('a', undefined, 'nonsense'), 403],
  ['another method', () => 'GET http://example.org/ HTTP/1.1\r\n\r\n', 405],
  ['garbage', () => `${'\x00\xff'.repeat(40)}\r\n\r\n`, 400],
  ['an endless head', () => 'CONNECT '.padEnd(20_000, 'x'), 431],
])('FabricServer refuses %s', async (_what, head, status) => {
  const a = await net.raw(head());
  await until(() => a.ended || a.closed, 'the end');
  expect(a.text).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
  expect(net.accepted).toHaveLength(0);
});

test('FabricServer routes by host where a node owns its host', async () => {
  net.fabric.setNodes([{ id: 'b', address: '127.0.0.1:1', ownsHost: true }]);
  const { a, b } = await net.open();
  a.socket.write('x');
  await until(() => b.text === 'x', 'bytes');
  expect(net.link('a', 'b')).toMatchObject({ bytes: 1 });
});

test('FabricServer.close breaks everything and frees its port', async () => {
  const { a } = await net.open();
  const port = Number(net.fabric.address.split(':')[1]);
  await net.fabric.close();
  await until(() => a.closed, 'closed');
  const socket = connect({ port, host: '127.0.0.1' });
  const code = await new Promise((resolve) => socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code)));
  expect(code).toBe('ECONNREFUSED');
});
