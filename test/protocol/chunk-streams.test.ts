import { expect, test } from 'vitest';
import { type ChunkReadStream, openChunkRead } from '../../src/protocol/chunk-reader-stream.js';
import { type ChunkWriteStream, openChunkWrite } from '../../src/protocol/chunk-writer-stream.js';
import { errorFrame, readHeader, writeAck, writeCommitted, writeReady } from '../../src/protocol/data-headers.js';
import { type Frame, FrameChannel } from '../../src/protocol/frame-channel.js';
import { encodeFinish, FrameType } from '../../src/protocol/frames.js';
import { Simulation } from '../../src/runtime/memory/simulation.js';
import { DfsError, isDfsError } from '../../src/shared/errors.js';
import { BLOCK_BYTES } from '../../src/shared/limits.js';
import { encodePacket, packetOf, writePacket } from './packets.js';

const TIMEOUT_MS = 1_000;
const DISK_TIMEOUT_MS = 5_000;
const BLOCK = new Uint8Array(BLOCK_BYTES).fill(7);

interface Ends {
  readonly sim: Simulation;
  readonly near: FrameChannel;
  readonly far: FrameChannel;
  readonly write: (windowBytes?: number) => Promise<ChunkWriteStream>;
  readonly read: (offsetBytes: number, lengthBytes: number) => Promise<ChunkReadStream>;
}

/** Both ends of a connection, in a task of the simulation. */
async function withEnds(seed: string, task: (ends: Ends) => Promise<void>): Promise<void> {
  const sim = new Simulation({ seed });
  const server = sim.machine('server').boot();
  const client = sim.machine('client').boot();
  await sim.run(async () => {
    const accepted: FrameChannel[] = [];
    await server.net.listen('server:1', (stream) => accepted.push(new FrameChannel(stream, server.clock)));
    const near = new FrameChannel(await client.net.dial('server:1', { timeoutMs: 1_000 }), client.clock);
    await sim.runUntil(() => accepted.length === 1);
    const far = accepted[0]!;
    await task({
      sim,
      near,
      far,
      write: (windowBytes) => {
        const options = {
          timings: { streamTimeoutMs: TIMEOUT_MS, diskTimeoutMs: DISK_TIMEOUT_MS },
          clock: client.clock,
          ...(windowBytes === undefined ? {} : { windowBytes }),
        };
        return openChunkWrite(near, { nodeId: 'dn-1', chunkId: 7, version: 1 }, options);
      },
      read: (offsetBytes, lengthBytes) =>
        openChunkRead(
          near,
          { nodeId: 'dn-1', chunkId: 7, version: 1, offsetBytes, lengthBytes },
          { streamTimeoutMs: TIMEOUT_MS, memory: client.memory },
        ),
    });
  });
}

async function next(channel: FrameChannel): Promise<Frame> {
  const frame = await channel.receive();
  if (frame === null) throw new Error('the connection ended');
  return frame;
}

async function failureOf(promise: Promise<unknown>): Promise<DfsError> {
  try {
    await promise;
  } catch (error) {
    if (isDfsError(error)) return error;
    throw error;
  }
  throw new Error('it should have failed');
}

test('openChunkWrite waits through signs of life for the pipeline, and write waits for room in the window', async () => {
  await withEnds('window', async ({ sim, far, write }) => {
    const opening = write(2 * BLOCK_BYTES);
    await next(far);
    for (let i = 0; i < 5; i++) {
      await sim.advance(0.8 * TIMEOUT_MS);
      await far.send(writeAck.encode({ receivedBytes: 0 }));
    }
    await far.send(writeReady.encode({ nodeIds: ['dn-1', 'dn-2'] }));
    const stream = await opening;
    expect(stream.nodeIds).toEqual(['dn-1', 'dn-2']);
    await writePacket(stream, BLOCK);
    await writePacket(stream, BLOCK);
    let isThirdSent = false;
    const third = writePacket(stream, BLOCK.subarray(0, 10)).then(() => {
      isThirdSent = true;
    });
    await sim.advance(100);
    expect(isThirdSent).toBe(false);
    await far.send(writeAck.encode({ receivedBytes: BLOCK_BYTES }));
    await third;
    expect(stream.ackedBytes).toBe(BLOCK_BYTES);
    const finished = stream.finish();
    for (let frame = await next(far); frame.type !== FrameType.FINISH; frame = await next(far));
    await far.send(writeCommitted.encode({ nodeIds: ['dn-1', 'dn-2'], lengthBytes: stream.sentBytes }));
    expect(await finished).toEqual({ nodeIds: ['dn-1', 'dn-2'] });
    expect(await stream.ended).toBeNull();
  });
});

test('ChunkWriteStream without data gives signs of life every quarter of the timeout', async () => {
  await withEnds('life', async ({ sim, far, write }) => {
    const opening = write();
    await next(far);
    await far.send(writeReady.encode({ nodeIds: ['dn-1'] }));
    const stream = await opening;
    const startedMs = sim.nowMs;
    for (let i = 0; i < 8; i++) {
      expect(await packetOf(far, await next(far))).toMatchObject({ offset: 0, data: { length: 0 } });
      await far.send(writeAck.encode({ receivedBytes: 0 }));
    }
    expect(sim.nowMs - startedMs).toBeLessThan(8.2 * (TIMEOUT_MS / 4));
    stream.abort();
    expect((await failureOf(writePacket(stream, BLOCK))).code).toBe('CANCELLED');
  });
});

/** Sends keepalives with these steps, one after the other, until the connection breaks. */
async function keepAlive(sim: Simulation, far: FrameChannel, receivedBytes: number, stepsOf: (beat: number) => number) {
  const drained = (async () => {
    while ((await far.receive()) !== null);
  })().catch(() => undefined);
  try {
    for (let beat = 1; ; beat++) {
      await sim.advance(TIMEOUT_MS / 2);
      await far.send(writeAck.encode({ receivedBytes, steps: stepsOf(beat) }));
    }
  } catch {
    await drained;
  }
}

test('openChunkWrite gives up a node that gives signs of life and comes no further; steps are progress', async () => {
  await withEnds('open without progress', async ({ sim, far, write }) => {
    const startedMs = sim.nowMs;
    const failure = failureOf(write());
    await next(far);
    void keepAlive(sim, far, 0, (beat) => Math.min(beat, 10));
    expect(await failure).toMatchObject({ code: 'DEADLINE_EXCEEDED', nodeId: 'dn-1' });
    const limitMs = DISK_TIMEOUT_MS + TIMEOUT_MS;
    expect(sim.nowMs - startedMs).toBeGreaterThanOrEqual(5 * TIMEOUT_MS + limitMs);
    expect(sim.nowMs - startedMs).toBeLessThan(6 * TIMEOUT_MS + limitMs);
  });
});

test.each(['data', 'commit'] as const)(
  'ChunkWriteStream gives up a node that gives signs of life without progress: %s',
  async (part) => {
    await withEnds(`${part} without progress`, async ({ sim, far, write }) => {
      const opening = write();
      await next(far);
      await far.send(writeReady.encode({ nodeIds: ['dn-1', 'dn-2'] }));
      const stream = await opening;
      await writePacket(stream, BLOCK);
      const startedMs = sim.nowMs;
      if (part === 'commit') await far.send(writeAck.encode({ receivedBytes: BLOCK_BYTES }));
      void keepAlive(sim, far, part === 'commit' ? BLOCK_BYTES : 0, () => 1);
      const failure = part === 'commit' ? await failureOf(stream.finish()) : await stream.ended;
      expect(failure).toMatchObject({ code: 'DEADLINE_EXCEEDED', nodeId: 'dn-1' });
      expect(sim.nowMs - startedMs).toBeGreaterThanOrEqual(DISK_TIMEOUT_MS + 2 * TIMEOUT_MS);
      expect(sim.nowMs - startedMs).toBeLessThan(DISK_TIMEOUT_MS + 4 * TIMEOUT_MS);
    });
  },
);

test('ChunkWriteStream with nothing unacknowledged waits for its writer as long as it takes', async () => {
  await withEnds('slow writer', async ({ sim, far, write }) => {
    const opening = write();
    await next(far);
    await far.send(writeReady.encode({ nodeIds: ['dn-1'] }));
    const stream = await opening;
    await writePacket(stream, BLOCK);
    void keepAlive(sim, far, BLOCK_BYTES, () => 1);
    await sim.advance(10 * DISK_TIMEOUT_MS);
    await writePacket(stream, BLOCK.subarray(0, 10));
    stream.abort();
  });
});

test('ChunkWriteStream: what the node says in its ERROR is the failure, even when the connection breaks right after', async () => {
  await withEnds('error', async ({ sim, far, write }) => {
    const opening = write();
    await next(far);
    await far.send(writeReady.encode({ nodeIds: ['dn-1', 'dn-2'] }));
    const stream = await opening;
    await far.send(errorFrame.encode(new DfsError('IO_ERROR', 'disk of dn-2', { nodeId: 'dn-2' })));
    await far.end();
    const failure = await failureOf(
      (async () => {
        for (;;) await writePacket(stream, BLOCK);
      })(),
    );
    expect(failure).toMatchObject({ code: 'IO_ERROR', nodeId: 'dn-2' });
    await sim.advance(10);
    expect(await failureOf(stream.finish())).toBe(failure);
  });
});

test('ChunkWriteStream blames the node for silence, a lost connection, and answers that make no sense', async () => {
  const ready = writeReady.encode({ nodeIds: ['dn-1'] });
  await withEnds('silent', async ({ far, write }) => {
    const opening = write();
    await next(far);
    await far.send(ready);
    const stream = await opening;
    expect(await failureOf(stream.finish())).toMatchObject({ code: 'DEADLINE_EXCEEDED', nodeId: 'dn-1' });
  });
  await withEnds('lost', async ({ far, write }) => {
    const opening = write();
    await next(far);
    far.destroy();
    expect(await failureOf(opening)).toMatchObject({ code: 'CONNECTION_LOST', nodeId: 'dn-1' });
  });
  for (const nonsense of [
    writeAck.encode({ receivedBytes: 1 }),
    writeCommitted.encode({ nodeIds: ['dn-1'], lengthBytes: 0 }),
    ready,
  ]) {
    await withEnds('nonsense', async ({ far, write }) => {
      const opening = write();
      await next(far);
      await far.send(ready);
      const stream = await opening;
      await far.send(nonsense);
      expect(await stream.ended).toMatchObject({ code: 'PROTOCOL_ERROR', nodeId: 'dn-1' });
    });
  }
});

async function collect(stream: ChunkReadStream): Promise<number> {
  let bytes = 0;
  for await (const piece of stream) bytes += piece.length;
  return bytes;
}

test('openChunkRead yields exactly the range and leaves the channel at rest; cut short it does not', async () => {
  await withEnds('range', async ({ far, read }) => {
    for (const isCutShort of [false, true]) {
      const opening = read(10, BLOCK_BYTES);
      await next(far);
      await far.send(readHeader.encode({ chunkLengthBytes: 2 * BLOCK_BYTES, firstOffsetBytes: 0, lengthBytes: 2 * BLOCK_BYTES }));
      await far.send(encodePacket(0, BLOCK));
      await far.send(encodePacket(BLOCK_BYTES, BLOCK));
      await far.send(encodeFinish(2 * BLOCK_BYTES));
      const stream = await opening;
      if (isCutShort) {
        for await (const piece of stream) {
          expect(piece.length).toBe(BLOCK_BYTES - 10);
          break;
        }
      } else expect(await collect(stream)).toBe(BLOCK_BYTES);
      expect(stream.reusable).toBe(!isCutShort);
    }
  });
});

test.each<[string, Uint8Array, string]>([
  ['a packet that does not match its checksum', encodePacket(0, BLOCK, Uint32Array.of(1)), 'DATA_CORRUPT'],
  ['a packet of another place', encodePacket(BLOCK_BYTES, BLOCK), 'PROTOCOL_ERROR'],
  ['a packet beyond the range', encodePacket(0, BLOCK.subarray(0, 0)), 'PROTOCOL_ERROR'],
  ['an end before the end', encodeFinish(0), 'PROTOCOL_ERROR'],
])('openChunkRead: %s is never given out', async (_what, frame, code) => {
  await withEnds('bad', async ({ far, read }) => {
    const opening = read(0, BLOCK_BYTES);
    await next(far);
    await far.send(readHeader.encode({ chunkLengthBytes: BLOCK_BYTES, firstOffsetBytes: 0, lengthBytes: BLOCK_BYTES }));
    await far.send(frame);
    const stream = await opening;
    expect(await failureOf(collect(stream))).toMatchObject({ code, nodeId: 'dn-1' });
    expect(stream.reusable).toBe(false);
  });
});

test('openChunkRead refuses a header that does not cover the range', async () => {
  await withEnds('header', async ({ far, read }) => {
    const opening = read(0, 100);
    await next(far);
    await far.send(readHeader.encode({ chunkLengthBytes: BLOCK_BYTES, firstOffsetBytes: 0, lengthBytes: 50 }));
    expect(await failureOf(opening)).toMatchObject({ code: 'PROTOCOL_ERROR', nodeId: 'dn-1' });
  });
});
