import { expect, test } from 'vitest';
import { isBusy } from '../../../src/protocol/busy.js';
import { errorFrame, readOpen } from '../../../src/protocol/data-headers.js';
import { ChannelPool, openOnPool } from '../../../src/protocol/channel-pool.js';
import { openChunkRead } from '../../../src/protocol/chunk-reader-stream.js';
import { FrameChannel } from '../../../src/protocol/frame-channel.js';
import { FRAME_PREFIX_BYTES, FrameType, withVersion } from '../../../src/protocol/frames.js';
import { BLOCK_BYTES } from '../../../src/shared/limits.js';
import type { ByteStream, Runtime } from '../../../src/shared/runtime.js';
import { CLUSTER, patternBytes, sameBytes, World } from '../fixtures.js';
import { readPiece } from '../../runtime/bytes.js';

const text = (value: string): Uint8Array => new TextEncoder().encode(value);

const GARBAGE: readonly (readonly [string, Uint8Array])[] = [
  ['random bytes', patternBytes(300, 77)],
  ['a truncated frame', Uint8Array.of(0, 0, 0, 200, 1, 1, 5, 5)],
  ['a frame that claims 4 GiB', Uint8Array.of(255, 255, 255, 255, 1, 1, 0, 0)],
  ['an HTTP request', text('GET / HTTP/1.1\r\nHost: dn-1\r\n\r\n')],
  ['a packet out of nowhere', Uint8Array.of(0, 0, 0, 10, 1, 8, 0, 0, 0, 0, 0, 0, 0, 0)],
  ['a header that is no protobuf', Uint8Array.of(0, 0, 0, 5, 1, 1, 255, 255, 255)],
];

test('garbage closes its connection, is logged once a minute, and stops nothing', async () => {
  const warnings: string[] = [];
  const world = new World(1, (line) => warnings.push(JSON.stringify(line)));
  await world.sim.run(async () => {
    await world.up('dn-1');
    for (const [, bytes] of GARBAGE) {
      const stream = await world.client.net.dial('dn-1:9000', { timeoutMs: 1_000 });
      await stream.write(Uint8Array.from(bytes));
      await stream.end();
      // The node closes it from its side.
      await readPiece(stream).catch(() => null);
      stream.destroy();
    }
    const closed = (): number => warnings.filter((line) => line.includes('Closed a connection')).length;
    expect(closed()).toBe(1);
    await world.sim.advance(61_000);
    const stream = await world.client.net.dial('dn-1:9000', { timeoutMs: 1_000 });
    await stream.write(text('again, again'));
    await readPiece(stream).catch(() => null);
    expect(closed()).toBe(2);
    const data = patternBytes(BLOCK_BYTES);
    await world.writeChunk(7, 1, ['dn-1'], data);
    expect(sameBytes(await world.readChunk('dn-1', 7, 1, 0, data.length), data)).toBe(true);
  });
});

test('an opening beyond its limits is answered with the field, logged, and stops nothing', async () => {
  const warnings: string[] = [];
  const world = new World(3, (line) => warnings.push(JSON.stringify(line)));
  await world.sim.run(async () => {
    await world.up('dn-1');
    const names = ['dn-1', ...Array.from({ length: 16 }, (_, at) => `dn-${at + 2}`)];
    const error: unknown = await world.openWrite(7, 1, names).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'INVALID_ARGUMENT', retriable: false });
    expect((error as Error).message).toContain('WriteOpen.downstream may have 15 entries, not 16');
    await expect(world.readChunk('dn-1', 7, 0, 0, 10)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
    expect(warnings.filter((line) => line.includes('WriteOpen.downstream'))).toHaveLength(1);
    const data = patternBytes(BLOCK_BYTES);
    await world.writeChunk(7, 1, ['dn-1'], data);
    expect(sameBytes(await world.readChunk('dn-1', 7, 1, 0, data.length), data)).toBe(true);
  });
});

const dialMany = (from: Runtime, count: number): Promise<ByteStream[]> =>
  Promise.all(Array.from({ length: count }, () => from.net.dial('dn-1:9000', { timeoutMs: 5_000 })));

test('connections that say nothing give way to new ones', async () => {
  const world = new World(2);
  await world.sim.run(async () => {
    await world.up('dn-1');
    const idle = await dialMany(world.sim.machine('crowd-1').boot(), 300);
    idle.push(...(await dialMany(world.sim.machine('crowd-2').boot(), 300)));
    await world.sim.advance(10);
    const data = patternBytes(BLOCK_BYTES);
    await world.writeChunk(7, 1, ['dn-1'], data);
    expect(sameBytes(await world.readChunk('dn-1', 7, 1, 0, data.length), data)).toBe(true);
    for (const stream of idle) stream.destroy();
  });
});

test('a node whose connections are all in use says that it is busy, and one address leaves places to others', async () => {
  const world = new World(4);
  await world.sim.run(async () => {
    await world.up('dn-1');
    await world.writeChunk(7, 1, ['dn-1'], patternBytes(32 * BLOCK_BYTES));
    // Readers that take nothing of what they asked for.
    const open = readOpen.encode({ clusterId: CLUSTER, chunkId: 7, version: 1, lengthBytes: 32 * BLOCK_BYTES, nodeId: 'dn-1' });
    const busy = await dialMany(world.sim.machine('crowd').boot(), 384);
    for (const stream of busy) await stream.write(open.slice());
    await world.sim.advance(100);
    const refused = new FrameChannel(
      (await dialMany(world.sim.machine('crowd').boot(), 1))[0]!,
      world.sim.machine('crowd').boot().clock,
    );
    const error: unknown = await refused.expect(FrameType.READ_HEADER, 1_000).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'RESOURCE_EXHAUSTED', nodeId: 'dn-1', retriable: true });
    expect(isBusy(error)).toBe(true);
    expect(await world.readChunk('dn-1', 7, 1, 0, 10)).toHaveLength(10);
    for (const stream of busy) stream.destroy();
  });
});

test('a connection at rest that gives way while a request is on its way: a used one is replaced, and a new one reads why', async () => {
  for (let seed = 10; seed < 20; seed += 1) {
    const world = new World(seed);
    await world.sim.run(async () => {
      await world.up('dn-1');
      await world.writeChunk(7, 1, ['dn-1'], patternBytes(BLOCK_BYTES));
      const reader = world.sim.machine('reader').boot();
      const { net, clock, memory } = reader;
      const pool = new ChannelPool({ net, clock, connectTimeoutMs: 1_000, maxIdlePerAddress: 2 });
      const open = { clusterId: CLUSTER, chunkId: 7, version: 1, offsetBytes: 0, lengthBytes: 10, nodeId: 'dn-1' };
      const readOnce = async () => {
        const opening = (channel: FrameChannel) => openChunkRead(channel, open, { streamTimeoutMs: 1_000, memory });
        const { opened, lease } = await openOnPool(pool, 'dn-1:9000', opening);
        for await (const piece of opened) expect(piece).toHaveLength(10);
        lease.release(opened.reusable);
      };
      await readOnce();
      // Has said nothing yet.
      const fresh = new FrameChannel((await dialMany(reader, 1))[0]!, clock);
      await world.sim.advance(10);
      // More than one address may have: both above have rested for longest.
      const crowd = await dialMany(reader, 400);
      const reading = readOnce();
      for (let sent = 0; sent < 3; sent += 1) await fresh.send(readOpen.encode(open)).catch(() => undefined);
      await reading;
      await world.sim.advance(500);
      const error: unknown = await fresh.expect(FrameType.READ_HEADER, 1_000).catch((reason: unknown) => reason);
      expect(isBusy(error), `seed ${seed}`).toBe(true);
      for (const stream of crowd) stream.destroy();
      pool.close();
    });
  }
});

test('an opening that comes a byte at a time is cut off', async () => {
  const world = new World(5);
  await world.sim.run(async () => {
    await world.up('dn-1');
    const [stream] = await dialMany(world.client, 1);
    const beganMs = world.sim.nowMs;
    const ended = readPiece(stream!).then(
      () => world.sim.nowMs,
      () => world.sim.nowMs,
    );
    for (const byte of [0, 0, 0, 100, 1, 5, ...Array<number>(90).fill(1)]) {
      await stream!.write(Uint8Array.of(byte)).catch(() => undefined);
      await world.sim.advance(1_000);
    }
    expect((await ended) - beganMs).toBeLessThan(20_000);
  });
});

test('a peer of another version is answered with the reason, in a frame of its own version', async () => {
  const world = new World(6);
  await world.sim.run(async () => {
    await world.up('dn-1');
    const [stream] = await dialMany(world.client, 1);
    const open = readOpen.encode({ clusterId: CLUSTER, chunkId: 7, version: 1, lengthBytes: 1, nodeId: 'dn-1' });
    await stream!.write(withVersion(open, 1));
    const answer = (await readPiece(stream!))!;
    expect([answer[4], answer[5]]).toEqual([1, FrameType.ERROR]);
    expect(errorFrame.decode(answer.subarray(FRAME_PREFIX_BYTES))).toMatchObject({
      code: 'PROTOCOL_ERROR',
      message: expect.stringContaining('Frame version 1: this side speaks version 2') as string,
    });
    expect(await readPiece(stream!)).toBeNull();
  });
});
