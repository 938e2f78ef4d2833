import { expect, test } from 'vitest';
import { segmentFileName } from '../../../src/datanode/journal/journal-files.js';
import type { ChunkWriteStream } from '../../../src/protocol/chunk-writer-stream.js';
import { packetChecksums } from '../../../src/protocol/packet-blocks.js';
import { BLOCK_BYTES, MIB } from '../../../src/shared/limits.js';
import { dataFile, metaFile, patternBytes, rejection, sameBytes, sendAll, tmpFile, TIMINGS, World } from '../fixtures.js';

const PIPELINE = ['dn-1', 'dn-2', 'dn-3'];

test('a write through three nodes is committed and reported by all, and reads back from each', async () => {
  const world = new World(1);
  await world.sim.run(async () => {
    await world.up(...PIPELINE);
    const data = patternBytes(5 * BLOCK_BYTES + 777);
    expect(await world.writeChunk(7, 1, PIPELINE, data)).toEqual(PIPELINE);
    for (const name of PIPELINE) {
      expect(sameBytes(world.sim.machine(name).disk.readFile(dataFile(7)), data)).toBe(true);
      expect(world.files(name)).toContain(metaFile(7, 1));
      expect(world.files(name)).not.toContain(tmpFile(7, 1));
      expect(sameBytes(await world.readChunk(name, 7, 1, 0, data.length), data)).toBe(true);
    }
    await world.sim.runUntil(() => PIPELINE.every((name) => world.master.believes.get(name)?.get(7) === 1));
  });
});

test('a connection carries one conversation after the other', async () => {
  const world = new World(2);
  await world.sim.run(async () => {
    await world.up(...PIPELINE);
    const data = patternBytes(BLOCK_BYTES * 2);
    await world.writeChunk(1, 1, PIPELINE, data);
    for (let chunkId = 2; chunkId <= 4; chunkId++) {
      const { opened, lease } = await world.leaseWrite(chunkId, 1, PIPELINE);
      expect(lease.reused).toBe(true);
      await sendAll(opened, data);
      await opened.finish();
      lease.release(true);
      expect(sameBytes(await world.readChunk('dn-1', chunkId, 1, 0, data.length), data)).toBe(true);
    }
  });
});

test('a node that restarted is reached again by its neighbours, whose pooled connections died', async () => {
  const world = new World(3);
  await world.sim.run(async () => {
    await world.up(...PIPELINE);
    await world.writeChunk(1, 1, PIPELINE, patternBytes(10));
    world.sim.machine('dn-2').crash();
    await world.startNode('dn-2');
    await world.sim.runUntil(() => world.master.registrations === 4);
    expect(await world.writeChunk(2, 1, PIPELINE, patternBytes(10))).toEqual(PIPELINE);
  });
});

test('a disk that takes nothing for long is given up, and its node blamed', async () => {
  const world = new World(15);
  await world.sim.run(async () => {
    await world.up(...PIPELINE);
    world.sim.machine('dn-2').disk.setExtraLatency('write', 3_600_000);
    const startedMs = world.sim.nowMs;
    const failure = await rejection(world.writeChunk(1, 1, PIPELINE, patternBytes(10)));
    expect(failure).toMatchObject({ code: 'IO_ERROR', nodeId: 'dn-2' });
    expect(world.sim.nowMs - startedMs).toBeLessThan(8 * TIMINGS.streamTimeoutMs);
  });
});

test.each([1, 2, 3])('the middle node killed during a write is blamed, and the others keep nothing (seed %i)', async (seed) => {
  const world = new World(`kill-${seed}`);
  await world.sim.run(async () => {
    await world.up(...PIPELINE);
    const stream = await world.openWrite(7, 1, PIPELINE);
    await sendAll(stream, patternBytes(3 * BLOCK_BYTES));
    world.sim.machine('dn-2').crash();
    const failure = await rejection(
      (async () => {
        await sendAll(stream, patternBytes(40 * BLOCK_BYTES));
        await stream.finish();
      })(),
    );
    expect(failure.nodeId).toBe('dn-2');
    await world.sim.runUntil(() => !world.files('dn-1').includes(tmpFile(7, 1)) && !world.files('dn-3').includes(tmpFile(7, 1)));
    expect(world.files('dn-2')).toContain(tmpFile(7, 1));
    await world.startNode('dn-2');
    expect(world.files('dn-2')).not.toContain(tmpFile(7, 1));
  });
});

test.each([
  ['dn-1', 'client', 'dn-1'],
  ['dn-2', 'dn-1', 'dn-2'],
  ['dn-3', 'dn-2', 'dn-3'],
])('%s silent towards %s in a write: %s is blamed within the stream timeout and a half', async (silent, upstream, blamed) => {
  const world = new World(`stall-${silent}`);
  await world.sim.run(async () => {
    await world.up(...PIPELINE);
    const stream = await world.openWrite(7, 1, PIPELINE);
    await sendAll(stream, patternBytes(3 * BLOCK_BYTES));
    world.sim.network.stall(silent, upstream);
    const startedMs = world.sim.nowMs;
    const failure = await rejection(
      (async () => {
        await sendAll(stream, patternBytes(BLOCK_BYTES));
        await stream.finish();
      })(),
    );
    expect(failure.nodeId).toBe(blamed);
    expect(failure.code).toBe('DEADLINE_EXCEEDED');
    expect(world.sim.nowMs - startedMs).toBeLessThan(1.5 * TIMINGS.streamTimeoutMs);
  });
});

test('a node silent while the pipeline is opened is blamed, though its upstream waits with it', async () => {
  const world = new World(4);
  await world.sim.run(async () => {
    await world.up(...PIPELINE);
    await world.writeChunk(1, 1, PIPELINE, patternBytes(10));
    world.sim.network.stall('dn-3', '*');
    const failure = await rejection(world.openWrite(7, 1, PIPELINE));
    expect(failure.nodeId).toBe('dn-3');
    await world.sim.runUntil(() => !world.files('dn-1').includes(tmpFile(7, 1)));
  });
});

test('a node that cannot be connected to is blamed', async () => {
  const world = new World(5);
  await world.sim.run(async () => {
    await world.up('dn-1', 'dn-2');
    world.sim.machine('dn-3');
    const failure = await rejection(world.openWrite(7, 1, PIPELINE));
    expect(failure.nodeId).toBe('dn-3');
    expect(failure.code).toBe('UNAVAILABLE');
  });
});

test('a slow writer keeps its write alive, and a silent one loses it', async () => {
  const world = new World(6);
  await world.sim.run(async () => {
    await world.up(...PIPELINE);
    const stream = await world.openWrite(7, 1, PIPELINE);
    await sendAll(stream, patternBytes(BLOCK_BYTES));
    await world.sim.advance(5 * TIMINGS.streamTimeoutMs);
    await sendAll(stream, patternBytes(100));
    expect((await stream.finish()).nodeIds).toEqual(PIPELINE);

    const lost = await world.openWrite(8, 1, PIPELINE);
    await sendAll(lost, patternBytes(BLOCK_BYTES));
    world.sim.machine('client').crash({ power: true });
    await world.sim.runUntil(() => PIPELINE.every((name) => !world.files(name).includes(tmpFile(8, 1))), {
      limitMs: 3 * TIMINGS.streamTimeoutMs,
    });
  });
});

test('a slow fsync of the last node is waited for, without blame', async () => {
  const world = new World(7);
  await world.sim.run(async () => {
    await world.up(...PIPELINE);
    world.sim.machine('dn-3').disk.setExtraLatency('sync', 3 * TIMINGS.streamTimeoutMs);
    expect(await world.writeChunk(7, 1, PIPELINE, patternBytes(BLOCK_BYTES))).toEqual(PIPELINE);
  });
});

test('a packet that does not match its checksum blames who sent it, and commits nothing', async () => {
  const world = new World(8);
  await world.sim.run(async () => {
    await world.up(...PIPELINE);
    const stream = await world.openWrite(7, 1, PIPELINE);
    const failure = await rejection(
      (async () => {
        await stream.write([patternBytes(BLOCK_BYTES)], Uint32Array.of(12_345));
        await stream.finish();
      })(),
    );
    expect(failure.code).toBe('DATA_CORRUPT');
    expect(failure.nodeId).toBeUndefined();
    await world.sim.runUntil(() => PIPELINE.every((name) => !world.files(name).includes(tmpFile(7, 1))));
    expect(world.files('dn-1')).not.toContain(dataFile(7));
  });
});

test('a failed fsync of the data refuses the write, blames the node, and the node goes on', async () => {
  const data = patternBytes(3 * BLOCK_BYTES);
  const world = new World(9);
  await world.sim.run(async () => {
    await world.up(...PIPELINE);
    world.sim.machine('dn-2').disk.failNext('sync', tmpFile(7, 1));
    const failure = await rejection(world.writeChunk(7, 1, PIPELINE, data));
    expect(failure.nodeId).toBe('dn-2');
    await world.sim.runUntil(() => !world.files('dn-2').includes(tmpFile(7, 1)));
    expect(await world.writeChunk(7, 2, PIPELINE, data)).toEqual(PIPELINE);
  });
});

test('a failed fsync of a meta stops the node', async () => {
  const data = patternBytes(3 * BLOCK_BYTES);
  const world = new World(10);
  await world.sim.run(async () => {
    await world.up(...PIPELINE);
    world.sim.machine('dn-2').disk.failNext('sync', metaFile(7, 1));
    const failure = await rejection(world.writeChunk(7, 1, PIPELINE, data));
    expect(failure.nodeId).toBe('dn-2');
    expect((await world.nodes.get('dn-2')?.failed)?.message).toMatch(/must stop/);
  });
});

test('a failed fsync of the commit journal stops the node', async () => {
  const world = new World(10);
  await world.sim.run(async () => {
    await world.up(...PIPELINE);
    world.sim.machine('dn-2').disk.failNext('sync', segmentFileName(1));
    const failure = await rejection(world.writeChunk(7, 1, PIPELINE, patternBytes(20_000)));
    expect(failure.nodeId).toBe('dn-2');
    expect((await world.nodes.get('dn-2')?.failed)?.message).toMatch(/must stop/);
  });
});

test('a write of a version that is there, or being written, is refused; a higher one supersedes', async () => {
  const world = new World(11);
  await world.sim.run(async () => {
    await world.up('dn-1');
    const slow = await world.openWrite(7, 2, ['dn-1']);
    await sendAll(slow, patternBytes(BLOCK_BYTES));
    expect(await rejection(world.openWrite(7, 2, ['dn-1']))).toMatchObject({ code: 'STALE_VERSION', nodeId: 'dn-1' });
    expect((await rejection(world.openWrite(7, 1, ['dn-1']))).code).toBe('STALE_VERSION');

    const data = patternBytes(2 * BLOCK_BYTES, 3);
    expect(await world.writeChunk(7, 3, ['dn-1'], data)).toEqual(['dn-1']);
    expect((await rejection(slow.finish())).code).toBe('STALE_VERSION');
    expect((await rejection(world.openWrite(7, 3, ['dn-1']))).code).toBe('STALE_VERSION');
    expect(sameBytes(await world.readChunk('dn-1', 7, 3, 0, data.length), data)).toBe(true);
    expect(world.files('dn-1').filter((name) => name.startsWith('chunk-'))).toEqual([dataFile(7), metaFile(7, 3)]);
  });
});

test('a write for another cluster or another node, or a copy ordered in an old term, is refused', async () => {
  const world = new World(12);
  world.master.term = 5;
  await world.sim.run(async () => {
    await world.up('dn-1');
    const foreign = world.openWrite(7, 1, ['dn-1'], { clusterId: 'ffffffff-4e5f-4a6b-8c7d-9e8f7a6b5c4d' });
    expect((await rejection(foreign)).code).toBe('FOREIGN_CLUSTER');
    expect((await rejection(world.openWrite(7, 1, ['dn-1'], { nodeId: 'dn-9' }))).code).toBe('INVALID_ARGUMENT');
    const copy = world.openWrite(7, 1, ['dn-1'], { term: 4, purpose: 'REPAIR' });
    expect(await rejection(copy)).toMatchObject({ code: 'STALE_TERM', nodeId: 'dn-1' });
    (await world.openWrite(7, 1, ['dn-1'], { term: 6, purpose: 'REPAIR' })).abort();
    (await world.openWrite(7, 2, ['dn-1'], { term: 6 })).abort();
  });
});

test('a writer finishes a plan of the former leader; planned again under the next one, it is fenced by the version', async () => {
  const world = new World(15);
  world.master.term = 4;
  await world.sim.run(async () => {
    await world.up('dn-1', 'dn-2');
    const slow = await world.openWrite(8, 1, ['dn-1', 'dn-2'], { term: 4 });
    await sendAll(slow, patternBytes(BLOCK_BYTES));
    world.master.lead(5);
    await world.sim.runUntil(() => ['dn-1', 'dn-2'].every((name) => world.master.termOf(name) === 5));
    // Under way, and not even begun: nobody else has a plan for these chunks.
    await sendAll(slow, patternBytes(BLOCK_BYTES));
    expect((await slow.finish()).nodeIds).toEqual(['dn-1', 'dn-2']);
    const late = await world.openWrite(7, 1, ['dn-1', 'dn-2'], { term: 4 });
    await sendAll(late, patternBytes(BLOCK_BYTES));
    expect((await late.finish()).nodeIds).toEqual(['dn-1', 'dn-2']);
    // The next leader planned chunk 9 at version 2: version 1 of the former one comes too late, whether 2 is written or being written.
    const next = await world.openWrite(9, 2, ['dn-1'], { term: 5 });
    expect((await rejection(world.openWrite(9, 1, ['dn-1'], { term: 4 }))).code).toBe('STALE_VERSION');
    await sendAll(next, patternBytes(BLOCK_BYTES));
    await next.finish();
    expect((await rejection(world.openWrite(9, 1, ['dn-1'], { term: 4 }))).code).toBe('STALE_VERSION');
  });
});

test('capacity is kept: reservations count, a refused write leaves no trace, space comes back', async () => {
  const world = new World(13);
  await world.sim.run(async () => {
    await world.master.serve('m-1:7000');
    await world.startNode('dn-1', { capacityBytes: 10 * BLOCK_BYTES });
    await world.sim.runUntil(() => world.master.believes.has('dn-1'));
    await world.writeChunk(1, 1, ['dn-1'], patternBytes(4 * BLOCK_BYTES));
    const open = await world.openWrite(2, 1, ['dn-1'], { reserveBytes: 5 * BLOCK_BYTES });
    expect(await rejection(world.openWrite(3, 1, ['dn-1'], { reserveBytes: 2 * BLOCK_BYTES }))).toMatchObject({
      code: 'NO_SPACE',
      nodeId: 'dn-1',
    });
    open.abort();
    await world.sim.runUntil(() => !world.files('dn-1').includes(tmpFile(2, 1)));
    await world.writeChunk(3, 1, ['dn-1'], patternBytes(6 * BLOCK_BYTES));
    expect((await rejection(world.openWrite(4, 1, ['dn-1'], { reserveBytes: 1 }))).code).toBe('NO_SPACE');
  });
});

test('a stopped node refuses, lets go of its port and lock, and leaves no tmp', async () => {
  const world = new World(14);
  await world.sim.run(async () => {
    await world.up('dn-1');
    const stream = await world.openWrite(7, 1, ['dn-1']);
    await sendAll(stream, patternBytes(BLOCK_BYTES));
    const startedMs = world.sim.nowMs;
    await world.nodes.get('dn-1')?.stop();
    expect(world.sim.nowMs - startedMs).toBeLessThan(10_000);
    expect((await rejection(stream.finish())).code).toBeDefined();
    expect(world.files('dn-1')).not.toContain(tmpFile(7, 1));
    await world.startNode('dn-1');
  });
});

test('a packet is held until the next node has it, however long that takes after the own disk', async () => {
  const world = new World('slow line');
  await world.sim.run(async () => {
    await world.up('dn-1', 'dn-2');
    const data = patternBytes(24 * BLOCK_BYTES + 1);
    world.sim.network.inject({ kind: 'bandwidth', bytesPerSecond: 4 * BLOCK_BYTES }, ['dn-1'], ['dn-2']);
    const stream = await world.openWrite(7, 1, ['dn-1', 'dn-2']);
    await stream.write([data.subarray(0, 16 * BLOCK_BYTES)], packetChecksums(0, data.subarray(0, 16 * BLOCK_BYTES)));
    await stream.write([data.subarray(16 * BLOCK_BYTES)], packetChecksums(0, data.subarray(16 * BLOCK_BYTES)));
    expect(await stream.finish()).toEqual({ nodeIds: ['dn-1', 'dn-2'] });
    for (const name of ['dn-1', 'dn-2']) {
      expect(sameBytes(await world.readChunk(name, 7, 1, 0, data.length), data)).toBe(true);
    }
  });
});

/** Packets as a client makes them: up to `packetBlocks` blocks each. */
async function sendInPackets(stream: ChunkWriteStream, data: Uint8Array, packetBlocks: number): Promise<void> {
  for (let at = 0; at < data.length; at += packetBlocks * BLOCK_BYTES) {
    const part = data.subarray(at, at + packetBlocks * BLOCK_BYTES);
    await stream.write([part], packetChecksums(at, part));
  }
}

const SIZES = [1, 511, 512, 4_095, 4_096, BLOCK_BYTES - 1, BLOCK_BYTES, BLOCK_BYTES + 1, MIB - 1, MIB, MIB + 1, 2 * MIB + 70_001];

test.each(SIZES)('a chunk of %i bytes is stored and read back, whole and in ranges', async (size) => {
  const world = new World(`size ${size}`);
  await world.sim.run(async () => {
    await world.up('dn-1', 'dn-2');
    const data = patternBytes(size);
    for (const packetBlocks of [1, 3, 16]) {
      const { opened, lease } = await world.leaseWrite(packetBlocks, 1, ['dn-1', 'dn-2'], { reserveBytes: size });
      await sendInPackets(opened, data, packetBlocks);
      await opened.finish();
      lease.release(true);
      for (const [offset, length] of [
        [0, size],
        [0, 1],
        [size - 1, 1],
        [Math.floor(size / 3), Math.ceil(size / 2)],
      ] as const) {
        const read = await world.readChunk('dn-2', packetBlocks, 1, offset, length);
        expect(sameBytes(read, data.subarray(offset, offset + length))).toBe(true);
      }
    }
  });
});
