import { expect, test } from 'vitest';
import { segmentFileName } from '../../../src/datanode/journal/journal-files.js';
import { JOURNALED_CHUNK_BYTES_MAX } from '../../../src/datanode/journal/journal-limits.js';
import type { Machine } from '../../../src/runtime/memory/machine.js';
import { Simulation } from '../../../src/runtime/memory/simulation.js';
import { DfsError } from '../../../src/shared/errors.js';
import { MIB } from '../../../src/shared/limits.js';
import { dataFile, metaFile, patternBytes, rejection, sameBytes, TIMINGS, tmpFile } from '../fixtures.js';
import { getChunk, openStore, putChunk } from './store-fixture.js';

const DATA = patternBytes(5_000);
const SEGMENT = segmentFileName(1);
/** When the files of all chunks are fsynced. */
const FLUSHED_MS = 2 * TIMINGS.staleAfterMs;

const journalOf = (machine: Machine): string[] => machine.disk.files().filter((name) => name.startsWith('journal-'));

test('a small chunk is committed with one fsync; its files are there at once, and fsynced later; then the journal is empty', async () => {
  const sim = new Simulation({ seed: 1 });
  const machine = sim.machine('dn-1');
  await sim.run(async () => {
    const { store } = await openStore(machine);
    await putChunk(store, 1, 4, DATA);
    expect(machine.disk.files()).toEqual([dataFile(1), metaFile(1, 4), SEGMENT]);
    expect(machine.disk.durable.files()).toEqual([SEGMENT]);
    expect(sameBytes(await getChunk(store, 1, 4), DATA)).toBe(true);
    await putChunk(store, 2, 1, patternBytes(0));
    await sim.advance(FLUSHED_MS);
    const files = [dataFile(1), metaFile(1, 4), dataFile(2), metaFile(2, 1)].sort();
    expect(machine.disk.files()).toEqual(files);
    expect(machine.disk.durable.files()).toEqual(files);
  });
});

test('commits that come while an fsync is under way share the next one', async () => {
  const sim = new Simulation({ seed: 2 });
  const machine = sim.machine('dn-1');
  await sim.run(async () => {
    const { store } = await openStore(machine);
    await putChunk(store, 100, 1, DATA);
    machine.disk.setExtraLatency('sync', 100);
    const startedMs = sim.nowMs;
    const one = putChunk(store, 1, 1, DATA);
    await sim.advance(20);
    await Promise.all([one, ...[2, 3, 4, 5, 6].map((chunkId) => putChunk(store, chunkId, 1, DATA))]);
    expect(sim.nowMs - startedMs).toBeGreaterThan(200);
    expect(sim.nowMs - startedMs).toBeLessThan(300);
  });
});

test('a long chunk, a full journal, and a disk that is short of space are committed file by file', async () => {
  const sim = new Simulation({ seed: 3 });
  const machine = sim.machine('dn-1');
  const journalLimits = { bytesMax: 20_000, chargeBytesMin: 100, segmentBytes: 6_000, writeBytesMax: MIB };
  await sim.run(async () => {
    const { store } = await openStore(machine, { journalLimits, timings: { ...TIMINGS, staleAfterMs: 600_000 } });
    const isDirect = async (chunkId: number, bytes: number): Promise<boolean> => {
      const writer = await store.begin(chunkId, 1, bytes, () => undefined);
      const hasTmp = machine.disk.files().includes(tmpFile(chunkId, 1));
      await writer.commit();
      return hasTmp;
    };
    expect(await isDirect(1, JOURNALED_CHUNK_BYTES_MAX + 1)).toBe(true);
    machine.disk.setExtraLatency('sync', 200);
    const small = [2, 3, 4, 5].map(async (chunkId) => putChunk(store, chunkId, 1, DATA));
    await sim.advance(5);
    const full = putChunk(store, 6, 1, DATA);
    await sim.advance(5);
    expect(machine.disk.files()).toContain(tmpFile(6, 1));
    await Promise.all([...small, full]);
    // Half full is reason enough to flush.
    machine.disk.setExtraLatency('sync', 0);
    await sim.advance(500);
    expect(await isDirect(7, DATA.length)).toBe(false);
    machine.disk.setFreeBytes(100 * MIB);
    await store.space.refresh();
    expect(await isDirect(8, DATA.length)).toBe(true);
  });
});

test('a failed fsync of a file in the journal stops the node, and the next start writes the file again', async () => {
  const sim = new Simulation({ seed: 4 });
  const machine = sim.machine('dn-1');
  await sim.run(async () => {
    const { store, fatal } = await openStore(machine);
    await putChunk(store, 1, 1, DATA);
    machine.disk.failNext('sync', dataFile(1));
    await sim.advance(FLUSHED_MS);
    expect(fatal).toHaveLength(1);
    expect(journalOf(machine)).toEqual([SEGMENT]);
  });
  machine.crash();
  await sim.run(async () => {
    await openStore(machine);
    await sim.advance(FLUSHED_MS);
    expect(journalOf(machine)).toEqual([]);
  });
  machine.crash({ power: true });
  await sim.run(async () => {
    const { store } = await openStore(machine);
    expect(sameBytes(await getChunk(store, 1, 1), DATA)).toBe(true);
  });
});

test('damage of the journal: what is intact is put back, and what is torn without it is reported, never taken for good', async () => {
  const sim = new Simulation({ seed: 5 });
  const machine = sim.machine('dn-1');
  await sim.run(async () => {
    const { store } = await openStore(machine);
    for (const chunkId of [1, 2, 3]) await putChunk(store, chunkId, 1, DATA);
  });
  machine.crash();
  const torn = DATA.slice();
  torn.fill(0, 1_000, 1_512);
  for (const chunkId of [1, 2, 3]) machine.disk.writeFile(dataFile(chunkId), torn);
  // In the record of chunk 2.
  machine.disk.flipBit(SEGMENT, DATA.length + 300);
  await sim.run(async () => {
    const { changes } = await openStore(machine);
    const found = changes.map(({ chunkId, state }) => `${chunkId} ${state}`).sort();
    expect(found).toEqual(['1 COMMITTED', '2 CORRUPT', '3 COMMITTED']);
  });
});

test('what the disk does not take at a start stays in the journal for the next one', async () => {
  const sim = new Simulation({ seed: 6 });
  const machine = sim.machine('dn-1');
  await sim.run(async () => {
    const { store } = await openStore(machine);
    await putChunk(store, 1, 1, DATA);
    await putChunk(store, 2, 1, DATA);
  });
  machine.crash({ power: true });
  machine.disk.failNext('write', dataFile(1));
  await sim.run(async () => {
    const { store } = await openStore(machine);
    expect(store.get(1)?.condition).not.toBe('good');
    expect(store.get(2)?.condition).toBe('good');
    await sim.advance(FLUSHED_MS);
    expect(journalOf(machine)).toEqual([SEGMENT]);
    await putChunk(store, 3, 1, DATA);
  });
  machine.crash({ power: true });
  await sim.run(async () => {
    const { store } = await openStore(machine);
    for (const chunkId of [1, 2, 3]) expect(sameBytes(await getChunk(store, chunkId, 1), DATA)).toBe(true);
  });
});

test('a chunk that was removed by hand, or went to quarantine, is not brought back by the journal', async () => {
  const sim = new Simulation({ seed: 7 });
  const machine = sim.machine('dn-1');
  await sim.run(async () => {
    const { store, scan } = await openStore(machine);
    for (const chunkId of [1, 2]) await putChunk(store, chunkId, 1, DATA);
    machine.disk.removeFile(dataFile(1));
    await scan.beforeReport();
    await store.quarantine(dataFile(2).slice('chunk-'.length), [1]);
  });
  machine.crash({ power: true });
  await sim.run(async () => {
    const { store } = await openStore(machine);
    expect([...store.entries()]).toEqual([]);
    expect(machine.disk.files().filter((name) => name.startsWith('quarantine/'))).toHaveLength(2);
  });
});

test('a full disk under a small commit refuses it, leaves nothing of it, and the node goes on', async () => {
  const sim = new Simulation({ seed: 8 });
  const machine = sim.machine('dn-1');
  await sim.run(async () => {
    const { store, fatal } = await openStore(machine);
    await putChunk(store, 1, 1, DATA);
    const writer = await store.begin(2, 1, DATA.length, () => undefined);
    writer.append(DATA, Uint32Array.of(1));
    machine.disk.setFreeBytes(2_000);
    expect((await rejection(writer.commit())).code).toBe('NO_SPACE');
    await store.delete(1, 1);
    expect(fatal).toEqual([]);
  });
  machine.crash({ power: true });
  await sim.run(async () => {
    const { store } = await openStore(machine);
    expect([...store.entries()]).toEqual([]);
    expect(machine.disk.files().filter((name) => name.startsWith('chunk-'))).toEqual([]);
  });
});

test('a stop does not wait for a disk that hangs while it flushes the journal, and nothing is removed afterwards', async () => {
  const sim = new Simulation({ seed: 9 });
  const machine = sim.machine('dn-1');
  await sim.run(async () => {
    const { store } = await openStore(machine);
    await putChunk(store, 1, 1, DATA);
    machine.disk.setExtraLatency('sync', 60_000);
    await sim.advance(FLUSHED_MS);
    const startedMs = sim.nowMs;
    await store.stop(new DfsError('UNAVAILABLE', 'the end'));
    expect(sim.nowMs - startedMs).toBeLessThan(10_000);
    await sim.advance(200_000);
    expect(journalOf(machine)).toEqual([SEGMENT]);
  });
});
