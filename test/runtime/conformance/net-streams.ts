/** Conformance of a Net: what its byte streams do. */
import { expect, test } from 'vitest';
import type { ByteStream } from '../../../src/shared/runtime.js';
import { bytesOf, patternBytes, readAll, readText, textOf, readPiece } from '../bytes.js';
import { ANY_PORT, dfsError, failureOf, type Subject, type World } from './world.js';

const DIAL = { timeoutMs: 5_000 };
const KIB = 1024;

interface Pair {
  readonly near: ByteStream;
  readonly far: ByteStream;
}

/** Both ends of a connection between two processes. */
async function connect({ runtime, another, until }: World): Promise<Pair> {
  const accepted: ByteStream[] = [];
  const listener = await runtime.net.listen(ANY_PORT, (stream) => accepted.push(stream));
  const near = await another().net.dial(listener.address, DIAL);
  await until(() => accepted.length === 1);
  return { near, far: accepted[0]! };
}

/** More than all buffers between two processes hold. */
const ENDLESS_BYTES = 64 * KIB * KIB;
const BLOCK_BYTES = 64 * KIB;

/** Writes until that rejects. @param onWritten called after each block */
async function writeUntilRefused(stream: ByteStream, onWritten: () => void = () => undefined): Promise<void> {
  for (let writtenBytes = 0; writtenBytes < ENDLESS_BYTES; writtenBytes += BLOCK_BYTES) {
    await stream.write(new Uint8Array(BLOCK_BYTES));
    onWritten();
  }
}

/** Resolves when a count has not changed for some time. */
async function untilStill({ runtime: { clock } }: World, count: () => number): Promise<void> {
  for (let before = -1; before !== count();) {
    before = count();
    await clock.sleep(100);
  }
}

const close = ({ near, far }: Pair): void => {
  near.destroy();
  far.destroy();
};

export function netStreamConformance({ run }: Subject): void {
  test('write and read: bytes arrive whole and in order, in pieces of any size', () =>
    run(async (world) => {
      const pair = await connect(world);
      const sent = patternBytes(3_000_000);
      const writing = (async () => {
        for (let at = 0; at < sent.length; at += 70_001) await pair.near.write(sent.subarray(at, at + 70_001));
        await pair.near.end();
      })();
      expect(Buffer.from(sent).equals(await readAll(pair.far))).toBe(true);
      await writing;
      close(pair);
    }));

  test('write and read: both directions at once', () =>
    run(async (world) => {
      const pair = await connect(world);
      const send = async (stream: ByteStream, bytes: Uint8Array): Promise<void> => {
        await stream.write(bytes);
        await stream.end();
      };
      const [there, back] = [patternBytes(1_000_000), patternBytes(2_000_000).reverse()];
      const [, , far, near] = await Promise.all([
        send(pair.near, there.slice()),
        send(pair.far, back.slice()),
        readAll(pair.far),
        readAll(pair.near),
      ]);
      expect([Buffer.from(far).equals(there), Buffer.from(near).equals(back)]).toEqual([true, true]);
      close(pair);
    }));

  test('read: waits for the next bytes, and gives the reader memory of its own', () =>
    run(async (world) => {
      const pair = await connect(world);
      const sent = bytesOf('late');
      const reading = readPiece(pair.far);
      world.runtime.clock.setTimer(10, () => void pair.near.write(sent));
      const piece = (await reading)!;
      expect('late').toContain(textOf(piece));
      piece.fill(0);
      expect(textOf(sent)).toBe('late');
      close(pair);
    }));

  test('readInto: fills its target in place, with as many bytes as are wanted at least, and touches nothing of it later', () =>
    run(async (world) => {
      const pair = await connect(world);
      const sent = patternBytes(600_000);
      const writing = (async () => {
        for (let at = 0; at < sent.length; at += 50_000) await pair.near.write(sent.subarray(at, at + 50_000));
        await pair.near.end();
      })();
      const memory = new Uint8Array(sent.length + 20);
      const [head, body] = [memory.subarray(0, 20), memory.subarray(20, 500_020)];
      expect(await pair.far.readInto(head.subarray(0, 10), 10)).toBe(10);
      expect(pair.far.arrivedBytes).toBeGreaterThanOrEqual(10);
      expect(await pair.far.readInto(body, body.length)).toBe(body.length);
      const kept = memory.slice();
      // Fewer than are wanted come at the end only.
      const rest = new Uint8Array(sent.length);
      expect(await pair.far.readInto(rest, rest.length)).toBe(sent.length - 500_010);
      expect(await pair.far.readInto(rest.subarray(0, 1), 1)).toBe(0);
      const received = Buffer.concat([memory.subarray(0, 10), body, rest.subarray(0, sent.length - 500_010)]);
      expect(received.equals(sent)).toBe(true);
      expect(Buffer.from(memory).equals(kept)).toBe(true);
      expect(pair.far.arrivedBytes).toBe(sent.length);
      await writing;
      close(pair);
    }));

  test('write: several pieces go in order; onSent comes once, later, when they may change', () =>
    run(async (world) => {
      const pair = await connect(world);
      const sent: number[] = [];
      const pieces = [bytesOf('head'), patternBytes(700_000), bytesOf('tail')];
      const expected = Buffer.concat(pieces);
      const reading = readAll(pair.far);
      const writing = pair.near.write(pieces, () => {
        sent.push(1);
        for (const piece of pieces) piece.fill(0);
      });
      expect(sent).toEqual([]);
      await writing;
      await pair.near.write([], () => sent.push(2));
      await pair.near.end();
      expect(Buffer.from(await reading).equals(expected)).toBe(true);
      await world.until(() => sent.length === 2);
      expect(sent.sort()).toEqual([1, 2]);
      close(pair);
    }));

  test('write: onSent comes also when the connection is lost before, or was', () =>
    run(async (world) => {
      const pair = await connect(world);
      let calls = 0;
      const writes: Promise<unknown>[] = [];
      for (let i = 0; i < 40; i++) {
        writes.push(failureOf(pair.near.write(new Uint8Array(KIB * KIB), () => calls++)).catch(() => null));
      }
      await untilStill(world, () => calls);
      expect(calls).toBeLessThan(40);
      pair.near.destroy();
      writes.push(failureOf(pair.near.write(bytesOf('x'), () => calls++)));
      await Promise.all(writes);
      await world.until(() => calls === 41);
      close(pair);
    }));

  test('write: an empty one is no bytes and no end', () =>
    run(async (world) => {
      const pair = await connect(world);
      await pair.near.write(new Uint8Array(0));
      await pair.near.write(bytesOf('x'));
      await pair.near.write(new Uint8Array(0));
      await pair.near.end();
      expect(textOf(await readAll(pair.far))).toBe('x');
      close(pair);
    }));

  test('write: calls that do not wait for one another keep their order', () =>
    run(async (world) => {
      const pair = await connect(world);
      const parts = Array.from({ length: 100 }, (_, i) => `part ${i};`);
      const writing = [...parts.map((part) => pair.near.write(bytesOf(part))), pair.near.end()];
      expect(textOf(await readAll(pair.far))).toBe(parts.join(''));
      await Promise.all(writing);
      close(pair);
    }));

  test('write: a reader that does not read holds the writer back, and nothing is lost', () =>
    run(async (world) => {
      const pair = await connect(world);
      let writtenBytes = 0;
      const writing = (async () => {
        await writeUntilRefused(pair.near, () => (writtenBytes += BLOCK_BYTES));
        await pair.near.end();
      })();
      await untilStill(world, () => writtenBytes);
      // The buffers of both sides, and those of a kernel between them.
      expect(writtenBytes).toBeLessThan(ENDLESS_BYTES / 2);
      let receivedBytes = 0;
      for (let piece = await readPiece(pair.far); piece !== null; piece = await readPiece(pair.far))
        receivedBytes += piece.length;
      await writing;
      expect(receivedBytes).toBe(ENDLESS_BYTES);
      close(pair);
    }));

  test('end: the other side reads null from then on, and can still write; ending twice is harmless', () =>
    run(async (world) => {
      const pair = await connect(world);
      await pair.near.write(bytesOf('question'));
      await Promise.all([pair.near.end(), pair.near.end()]);
      expect(textOf(await readAll(pair.far))).toBe('question');
      expect([await readPiece(pair.far), await readPiece(pair.far)]).toEqual([null, null]);
      await pair.far.write(bytesOf('answer'));
      await pair.far.end();
      expect(textOf(await readAll(pair.near))).toBe('answer');
      expect(await readPiece(pair.near)).toBeNull();
      await pair.near.end();
      close(pair);
    }));

  test('end: a write after it rejects, and spoils nothing', () =>
    run(async (world) => {
      const pair = await connect(world);
      await pair.near.write(bytesOf('first'));
      await pair.near.end();
      expect(await failureOf(pair.near.write(bytesOf('second')))).toMatchObject(dfsError('CONNECTION_LOST'));
      expect(textOf(await readAll(pair.far))).toBe('first');
      await pair.far.write(bytesOf('answer'));
      await pair.far.end();
      expect(textOf(await readAll(pair.near))).toBe('answer');
      close(pair);
    }));

  test('read: null stays null when the connection breaks after the end', () =>
    run(async (world) => {
      const { near, far } = await connect(world);
      await far.end();
      expect(await readPiece(near)).toBeNull();
      far.destroy();
      expect(await failureOf(writeUntilRefused(near))).toMatchObject(dfsError('CONNECTION_LOST'));
      expect(await readPiece(near)).toBeNull();
      near.destroy();
    }));

  test('read: a second one at a time is refused, and harms neither the first nor the stream', () =>
    run(async (world) => {
      const pair = await connect(world);
      const reading = readPiece(pair.near);
      expect(await failureOf(readPiece(pair.near))).toMatchObject(dfsError('INTERNAL'));
      await pair.far.write(bytesOf('x'));
      expect(await reading).toHaveLength(1);
      close(pair);
    }));

  test('destroy: pending reads, writes and ends reject with CONNECTION_LOST, and later ones too', () =>
    run(async (world) => {
      const { near, far } = await connect(world);
      let writes = 0;
      const pending = [failureOf(readPiece(near)), failureOf(writeUntilRefused(near, () => writes++))];
      await untilStill(world, () => writes);
      pending.push(failureOf(near.end()));
      await world.runtime.clock.sleep(5);
      near.destroy();
      const lost = dfsError('CONNECTION_LOST', { retriable: true });
      expect(await Promise.all(pending)).toMatchObject([lost, lost, lost]);
      near.destroy();
      const later = [readPiece(near), near.write(bytesOf('x')), near.end()];
      expect(await Promise.all(later.map(failureOf))).toMatchObject([lost, lost, lost]);
      far.destroy();
    }));

  test('destroy: what has arrived and was not read is gone', () =>
    run(async (world) => {
      const { near, far } = await connect(world);
      await near.write(bytesOf('unread'));
      await near.end();
      await world.runtime.clock.sleep(50);
      far.destroy();
      expect(await failureOf(readPiece(far))).toMatchObject(dfsError('CONNECTION_LOST'));
      near.destroy();
    }));

  test('destroy: also of a stream that the other side broke before', () =>
    run(async (world) => {
      const { near, far } = await connect(world);
      await near.write(bytesOf('unread'));
      await far.write(bytesOf('unread'));
      await world.runtime.clock.sleep(50);
      near.destroy();
      await world.runtime.clock.sleep(50);
      far.destroy();
      expect(await failureOf(readPiece(far))).toMatchObject(dfsError('CONNECTION_LOST'));
    }));

  test('destroy: the other side reads the end, or CONNECTION_LOST; its writes are refused before long', () =>
    run(async (world) => {
      const { near, far } = await connect(world);
      const reading = failureOf(readPiece(far));
      near.destroy();
      const outcome = await reading;
      if (JSON.stringify(outcome) !== '{"resolved":null}') expect(outcome).toMatchObject(dfsError('CONNECTION_LOST'));
      expect(await failureOf(writeUntilRefused(far))).toMatchObject(dfsError('CONNECTION_LOST'));
      far.destroy();
    }));

  test('destroy: what was written before still arrives', () =>
    run(async (world) => {
      const { near, far } = await connect(world);
      await near.write(bytesOf('last words'));
      await near.end();
      near.destroy();
      expect(await readText(far, 10)).toBe('last words');
      far.destroy();
    }));

  test('remoteAddress: host:port at both ends', () =>
    run(async (world) => {
      const pair = await connect(world);
      for (const { remoteAddress } of [pair.near, pair.far]) expect(remoteAddress).toMatch(/^[^:]+:[1-9]\d{0,4}$/);
      close(pair);
    }));
}
