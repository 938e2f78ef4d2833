import { once } from 'node:events';
import { connect } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { isHttp2Opening } from '../../../src/runtime/node/rpc/http2-gate.js';
import { PeerWarnings } from '../../../src/shared/peer-warnings.js';
import { parseAddress } from '../../../src/shared/address.js';
import { bindText, textMethod } from '../conformance/text-service.js';
import { type Fixture, openFixture, type RecordedLine, recordingLogger, until } from './fixture.js';

const Echo = textMethod('Echo');
const PREFACE = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n';
const EMPTY_SETTINGS = Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0]);

let fixture: Fixture;
let address: string;

beforeEach(async () => {
  fixture = await openFixture();
  const server = await fixture.runtime.rpc.serve('127.0.0.1:0', [bindText(Echo, async (request) => request)]);
  address = server.address;
});

afterEach(() => fixture.close());

/** Sends bytes and waits until the server closes the connection. */
async function send(bytes: string | Buffer, { end = false } = {}): Promise<void> {
  const socket = connect(parseAddress(address));
  socket.on('error', () => undefined);
  socket.resume();
  socket.write(bytes);
  if (end) socket.end();
  await once(socket, 'close');
}

test('a gRPC port: garbage of every kind stops nothing and gives one warning', async () => {
  const channel = fixture.runtime.rpc.connect(address);
  const random = Buffer.from(fixture.runtime.random.bytes(4_096));
  random[0] = 0xff;
  await send(random);
  await send(Buffer.from([0xff, 0xff, 0xff, 0xff, 1, 1]));
  await send('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  await send(PREFACE.slice(0, 10), { end: true });
  await send(PREFACE + 'garbage in the place of SETTINGS');
  expect(await channel.call(Echo, 'still here', { deadlineMs: 5_000 })).toBe('still here');
  const warnings = fixture.lines.filter(({ level }) => level === 'warn');
  expect(warnings).toHaveLength(1);
  expect(warnings[0]?.message).toMatch(/^Closed a connection from 127\.0\.0\.1:\d+: not an HTTP\/2 connection \(it began with /);
  expect(fixture.lines.filter(({ level }) => level === 'error')).toEqual([]);
});

test('a gRPC port: garbage after a good opening ends that connection only', async () => {
  const channel = fixture.runtime.rpc.connect(address);
  await channel.call(Echo, 'before', { deadlineMs: 5_000 });
  const opening = Buffer.concat([Buffer.from(PREFACE), EMPTY_SETTINGS]);
  const badFrame = Buffer.from(fixture.runtime.random.bytes(4_096)).fill(0xff, 0, 9);
  const truncatedHeaders = Buffer.from([0, 0, 10, 1, 4, 0, 0, 0, 1]);
  for (const garbage of [badFrame, truncatedHeaders]) {
    const socket = connect(parseAddress(address));
    socket.end(Buffer.concat([opening, garbage]));
    // The server's SETTINGS: it has taken the connection for HTTP/2.
    await once(socket.resume(), 'data');
    await fixture.runtime.clock.sleep(20);
    socket.resetAndDestroy();
  }
  expect(await channel.call(Echo, 'after', { deadlineMs: 5_000 })).toBe('after');
});

test('a gRPC port: a connection without a byte is closed in silence', async () => {
  await send('', { end: true });
  const socket = connect(parseAddress(address));
  await once(socket, 'connect');
  socket.resetAndDestroy();
  expect(await fixture.runtime.rpc.connect(address).call(Echo, 'x', { deadlineMs: 5_000 })).toBe('x');
  expect(fixture.lines).toEqual([]);
});

test('a gRPC port: an opening in single bytes is let in', async () => {
  const socket = connect({ ...parseAddress(address), noDelay: true });
  const received: Buffer[] = [];
  socket.on('data', (piece) => received.push(piece));
  for (const byte of Buffer.concat([Buffer.from(PREFACE), EMPTY_SETTINGS])) {
    socket.write(Buffer.from([byte]));
    await new Promise((resolve) => setImmediate(resolve));
  }
  await until(() => received.length > 0);
  // The server's own SETTINGS.
  expect(Buffer.concat(received)[3]).toBe(4);
  socket.destroy();
});

test('isHttp2Opening: judges any prefix', () => {
  const good = Buffer.concat([Buffer.from(PREFACE), EMPTY_SETTINGS]);
  for (let length = 0; length <= good.length; length++) expect(isHttp2Opening(good.subarray(0, length))).toBe(true);
  for (const [at, value] of [
    [0, 1],
    [23, 1],
    [24, 1],
    [26, 5],
    [27, 0],
    [28, 1],
    [32, 1],
  ] as const) {
    const bad = Buffer.from(good);
    bad[at] = value;
    expect(isHttp2Opening(bad), `byte ${at}`).toBe(false);
  }
});

test('PeerWarnings: one a minute for each host, with what it silenced, and a bound on hosts', () => {
  const lines: RecordedLine[] = [];
  let nowMs = 0;
  const warnings = new PeerWarnings(recordingLogger(lines), () => nowMs);
  for (let i = 0; i < 3; i++) warnings.warn('10.0.0.1', `10.0.0.1:${i}`, 'garbage');
  warnings.warn('10.0.0.2', '10.0.0.2:1', 'garbage');
  expect(lines).toHaveLength(2);
  nowMs = 59_999;
  warnings.warn('10.0.0.1', '10.0.0.1:4', 'garbage');
  expect(lines).toHaveLength(2);
  nowMs = 60_000;
  warnings.warn('10.0.0.1', '10.0.0.1:5', 'garbage');
  expect(lines).toHaveLength(3);
  for (let i = 0; i < 5_000; i++) warnings.warn(`host-${i}`, `host-${i}:1`, 'garbage');
  warnings.warn('10.0.0.1', '10.0.0.1:6', 'garbage');
  expect(lines).toHaveLength(3 + 5_000 + 1);
});
