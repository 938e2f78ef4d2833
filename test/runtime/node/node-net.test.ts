import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Fixture, openFixture, rawServer } from './fixture.js';
import { readPiece } from '../bytes.js';

const DIAL = { timeoutMs: 2_000 };

let fixture: Fixture;

beforeEach(async () => {
  fixture = await openFixture();
});

afterEach(() => fixture.close());

test('ByteStream: what came before the connection broke can still be read', async () => {
  const server = await rawServer((socket) => socket.write('last words', () => setTimeout(() => socket.resetAndDestroy(), 30)));
  const stream = await fixture.runtime.net.dial(server.address, DIAL);
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(Buffer.from((await readPiece(stream)) ?? []).toString()).toBe('last words');
  await expect(readPiece(stream)).rejects.toMatchObject({ code: 'CONNECTION_LOST' });
  server.close();
});

test('Net.listen: a callback that throws costs that connection only', async () => {
  const { net } = fixture.runtime;
  let count = 0;
  const listener = await net.listen('127.0.0.1:0', (stream) => {
    if (count++ === 0) throw new Error('bug');
    void stream.write(Buffer.from('ok'));
  });
  expect(await readPiece(await net.dial(listener.address, DIAL))).toBeNull();
  expect(Buffer.from((await readPiece(await net.dial(listener.address, DIAL))) ?? []).toString()).toBe('ok');
  expect(fixture.lines.map(({ level }) => level)).toEqual(['error']);
});
