import { expect, test } from 'vitest';
import { BLOCK_BYTES } from '../../../src/shared/limits.js';
import type { DiskOperation } from '../../../src/runtime/faults/disk-fault.js';
import { patternBytes, rejection, TIMINGS, World } from '../fixtures.js';

const PIPELINE = ['dn-1', 'dn-2', 'dn-3'];
const FOREVER_MS = 180_000;
const LIMIT_MS = TIMINGS.diskTimeoutMs;
/** Committed file by file, and through the journal. */
const LARGE = patternBytes(2 * BLOCK_BYTES + 10);
const SMALL = patternBytes(BLOCK_BYTES + 10);

const CALLS: readonly DiskOperation[] = ['open', 'truncate', 'write', 'sync', 'rename', 'syncDirectory'];
const JOURNAL_CALLS: readonly DiskOperation[] = ['open', 'write', 'sync', 'syncDirectory'];

test.each([
  ...CALLS.map((call) => ({ call, what: 'large', data: LARGE })),
  ...JOURNAL_CALLS.map((call) => ({ call, what: 'small', data: SMALL })),
])('a disk whose $call never ends under a $what chunk: its node is blamed in time, and refuses at once', async (row) => {
  const { call, data, what } = row;
  const world = new World(`hang ${call} ${what}`);
  await world.sim.run(async () => {
    await world.up(...PIPELINE);
    const { disk } = world.sim.machine('dn-2');
    disk.setExtraLatency(call, FOREVER_MS);
    const startedMs = world.sim.nowMs;
    expect(await rejection(world.writeChunk(1, 1, PIPELINE, data))).toMatchObject({ code: 'IO_ERROR', nodeId: 'dn-2' });
    expect(world.sim.nowMs - startedMs).toBeGreaterThanOrEqual(LIMIT_MS);
    expect(world.sim.nowMs - startedMs).toBeLessThan(LIMIT_MS + TIMINGS.streamTimeoutMs);

    const refusedMs = world.sim.nowMs;
    expect(await rejection(world.writeChunk(2, 1, PIPELINE, data))).toMatchObject({ code: 'IO_ERROR', nodeId: 'dn-2' });
    expect(world.sim.nowMs - refusedMs).toBeLessThan(TIMINGS.streamTimeoutMs / 4);
    expect(await world.writeChunk(1, 2, ['dn-1', 'dn-3'], data)).toEqual(['dn-1', 'dn-3']);

    disk.setExtraLatency(call, 0);
    await world.sim.advance(2 * FOREVER_MS);
    expect(await world.writeChunk(3, 1, PIPELINE, data)).toEqual(PIPELINE);
  });
});

test.each([
  { what: 'large', data: LARGE, calls: 5 },
  { what: 'small', data: SMALL, calls: 3 },
])('a disk that takes most of the limit for each call of a $what chunk is slow, and no reason to give up', async (row) => {
  const { what, data, calls } = row;
  const world = new World(`slow ${what}`);
  await world.sim.run(async () => {
    await world.up(...PIPELINE);
    for (const call of CALLS) world.sim.machine('dn-3').disk.setExtraLatency(call, 0.8 * LIMIT_MS);
    const startedMs = world.sim.nowMs;
    expect(await world.writeChunk(1, 1, PIPELINE, data)).toEqual(PIPELINE);
    expect(world.sim.nowMs - startedMs).toBeGreaterThan(0.8 * calls * LIMIT_MS);
  });
});

test('a read from a disk that hangs comes to an end, and so does the node', async () => {
  const world = new World('read');
  await world.sim.run(async () => {
    await world.up('dn-1');
    await world.writeChunk(1, 1, ['dn-1'], SMALL);
    world.sim.machine('dn-1').disk.setExtraLatency('read', 10 * LIMIT_MS);
    expect(await rejection(world.readChunk('dn-1', 1, 1, 0, SMALL.length))).toMatchObject({ code: 'DEADLINE_EXCEEDED' });
    await world.sim.advance(2 * LIMIT_MS);
    const startedMs = world.sim.nowMs;
    await world.nodes.get('dn-1')?.stop();
    expect(world.sim.nowMs - startedMs).toBeLessThan(LIMIT_MS / 2);
  });
});
