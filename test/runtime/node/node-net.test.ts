import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ByteStream } from '../../../src/shared/runtime.js';
import { type Fixture, openFixture, rawServer, until } from './fixture.js';

const KIB = 1024;
const DIAL = { timeoutMs: 2_000 };

let fixture: Fixture;

beforeEach(async () => {
  fixture = await openFixture();
});

afterEach(() => fixture.close());

/** Both ends of a connection. */
async function pair(): Promise<{ near: ByteStream; far: ByteStream }> {
  const { net } = fixture.runtime;
  const accepted: ByteStream[] = [];
  const listener = await net.listen('127.0.0.1:0', (stream) => accepted.push(stream));
  const near = await net.dial(listener.address, DIAL);
  await until(() => accepted.length === 1);
  return { near, far: accepted[0]! };
}

async function readAll(stream: ByteStream): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for (let piece = await stream.read(); piece !== null; piece = await stream.read()) pieces.push(piece);
  return Buffer.concat(pieces);
}

test('ByteStream: bytes arrive in order, and each side ends on its own', async () => {
  const { near, far } = await pair();
  const sent = Buffer.from(fixture.runtime.random.bytes(3_000_000));
  const writing = (async () => {
    for (let at = 0; at < sent.length; at += 70_000) await near.write(sent.subarray(at, at + 70_000));
    await near.end();
  })();
  expect((await readAll(far)).equals(sent)).toBe(true);
  await writing;
  expect(await far.read()).toBeNull();
  // Half closed: the other direction still works.
  await far.write(Buffer.from('answer'));
  await far.end();
  expect((await readAll(near)).toString()).toBe('answer');
  expect(await near.read()).toBeNull();
  near.destroy();
  far.destroy();
});

test('ByteStream: a reader that does not read holds the writer back, at bounded memory', async () => {
  const { near, far } = await pair();
  const block = 64 * KIB;
  let written = 0;
  const total = 64 * 1024 * KIB;
  const writing = (async () => {
    while (written < total) {
      await near.write(new Uint8Array(block));
      written += block;
    }
    await near.end();
  })();
  for (let before = -1; before !== written;) {
    before = written;
    await fixture.runtime.clock.sleep(100);
  }
  // Our buffers on both sides and the kernel's own.
  expect(written).toBeLessThan(24 * 1024 * KIB);
  let received = 0;
  for (let piece = await far.read(); piece !== null; piece = await far.read()) received += piece.length;
  await writing;
  expect(received).toBe(total);
});

test('ByteStream: destroy rejects what is pending with CONNECTION_LOST, on both sides', async () => {
  const { near, far } = await pair();
  const reading = near.read();
  await expect(near.read()).rejects.toMatchObject({ code: 'INTERNAL' });
  const writing = (async () => {
    for (;;) await near.write(new Uint8Array(256 * KIB));
  })();
  const outcomes = [expect(reading).rejects, expect(writing).rejects].map((rejects) =>
    rejects.toMatchObject({ code: 'CONNECTION_LOST', retriable: true }),
  );
  setTimeout(() => near.destroy(), 50);
  await Promise.all(outcomes);
  near.destroy();
  await expect(near.read()).rejects.toMatchObject({ code: 'CONNECTION_LOST' });
  await expect(near.write(new Uint8Array(1))).rejects.toMatchObject({ code: 'CONNECTION_LOST' });
  await expect(near.end()).rejects.toMatchObject({ code: 'CONNECTION_LOST' });
  far.destroy();
});

test('ByteStream: what came before the connection broke can still be read', async () => {
  const server = await rawServer((socket) => socket.write('last words', () => setTimeout(() => socket.resetAndDestroy(), 30)));
  const stream = await fixture.runtime.net.dial(server.address, DIAL);
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(Buffer.from((await stream.read()) ?? []).toString()).toBe('last words');
  await expect(stream.read()).rejects.toMatchObject({ code: 'CONNECTION_LOST' });
  server.close();
});

test('Net.listen: closing destroys its streams; a taken port is ADDRESS_IN_USE', async () => {
  const { net } = fixture.runtime;
  const accepted: ByteStream[] = [];
  const listener = await net.listen('127.0.0.1:0', (stream) => accepted.push(stream));
  await expect(net.listen(listener.address, () => undefined)).rejects.toMatchObject({ code: 'ADDRESS_IN_USE' });
  const stream = await net.dial(listener.address, DIAL);
  await until(() => accepted.length === 1);
  const reading = accepted[0]!.read();
  const outcome = expect(reading).rejects.toMatchObject({ code: 'CONNECTION_LOST' });
  await listener.close();
  await outcome;
  expect(await stream.read()).toBeNull();
  await expect(net.dial(listener.address, DIAL)).rejects.toMatchObject({ code: 'UNAVAILABLE', retriable: true });
});

test('Net.listen: a callback that throws costs that connection only', async () => {
  const { net } = fixture.runtime;
  let count = 0;
  const listener = await net.listen('127.0.0.1:0', (stream) => {
    if (count++ === 0) throw new Error('bug');
    void stream.write(Buffer.from('ok'));
  });
  expect(await (await net.dial(listener.address, DIAL)).read()).toBeNull();
  expect(Buffer.from((await (await net.dial(listener.address, DIAL)).read()) ?? []).toString()).toBe('ok');
  expect(fixture.lines.map(({ level }) => level)).toEqual(['error']);
});

test('Net.dial: unknown hosts are UNAVAILABLE, wrong addresses INVALID_ARGUMENT, a fired signal CANCELLED', async () => {
  const { net } = fixture.runtime;
  await expect(net.dial('host.invalid:1', DIAL)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  await expect(net.dial('no-port', DIAL)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
  await expect(net.dial('127.0.0.1:1', { ...DIAL, signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'CANCELLED' });
});
