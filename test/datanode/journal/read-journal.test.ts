import { expect, test } from 'vitest';
import { segmentFileName } from '../../../src/datanode/journal/journal-files.js';
import { encodeJournalRecord, type JournalRecord, journalRecordBytes } from '../../../src/datanode/journal/journal-record.js';
import { type FoundJournal, readJournal } from '../../../src/datanode/journal/read-journal.js';
import type { Machine } from '../../../src/runtime/memory/machine.js';
import { Simulation } from '../../../src/runtime/memory/simulation.js';
import { patternBytes, uuidOf } from '../fixtures.js';

const LIMITS = { segmentBytes: 4_096, writeBytesMax: 2_048 };

const put = (chunkId: number, dataBytes = 100): JournalRecord => ({
  kind: 'put',
  uuid: uuidOf(chunkId),
  version: 1,
  meta: patternBytes(36, chunkId),
  data: patternBytes(dataBytes, chunkId),
});

/** A segment of writes, each fsynced before the next. */
function segmentOf(sequence: number, ...writes: readonly (readonly JournalRecord[])[]): Uint8Array {
  const bytes = new Uint8Array(writes.flat().reduce((sum, record) => sum + journalRecordBytes(record), 0));
  let at = 0;
  for (const records of writes) {
    const durableOffset = at;
    for (const record of records) at = encodeJournalRecord(record, { sequence, offset: at, durableOffset }, bytes, at);
  }
  return bytes;
}

async function read(machine: Machine, ...segments: readonly (readonly [number, Uint8Array])[]): Promise<FoundJournal> {
  for (const [sequence, bytes] of segments) machine.disk.writeFile(segmentFileName(sequence), bytes);
  return readJournal(machine.boot().disk, LIMITS);
}

const uuids = ({ segments }: FoundJournal): string[] => segments.flatMap(({ records }) => records.map(({ uuid }) => uuid));

/** Runs on one machine of a fresh simulation. */
const onMachine = (task: (machine: Machine) => Promise<void>): Promise<void> => {
  const sim = new Simulation({ seed: 1 });
  return sim.run(() => task(sim.machine('dn-1')));
};

test('readJournal returns the records of all segments in order; a folder without any has none', async () => {
  await onMachine(async (machine) => {
    expect(await read(machine)).toMatchObject({ segments: [], damages: [], cutBytes: 0 });
    const found = await read(machine, [9, segmentOf(9, [put(1), put(2)])], [10, segmentOf(10, [put(3)], [put(4)])]);
    expect(uuids(found)).toEqual([1, 2, 3, 4].map(uuidOf));
    expect(found).toMatchObject({ damages: [], cutBytes: 0 });
    expect(found.segments[1]?.records[1]).toEqual(put(4));
  });
});

test('readJournal cuts a torn tail off the last segment, with intact records of the same write, and leaves the file so', async () => {
  await onMachine(async (machine) => {
    const bytes = segmentOf(1, [put(1)], [put(2), put(3)]);
    const tornAt = journalRecordBytes(put(1));
    bytes.fill(0, tornAt + 80, tornAt + 90);
    const found = await read(machine, [1, bytes]);
    expect(uuids(found)).toEqual([uuidOf(1)]);
    expect(found).toMatchObject({ damages: [], cutBytes: bytes.length - tornAt });
    expect(machine.disk.durable.sizeBytes(segmentFileName(1))).toBe(tornAt);
  });
});

test('readJournal: damage that a later record proves durable is reported, and what is intact after it is used', async () => {
  await onMachine(async (machine) => {
    const bytes = segmentOf(1, [put(1)], [put(2)], [put(3)], [put(4)]);
    const size = journalRecordBytes(put(1));
    // The body of one, the head of another.
    bytes[size + 100] = (bytes[size + 100] ?? 0) ^ 1;
    bytes[2 * size + 10] = (bytes[2 * size + 10] ?? 0) ^ 1;
    const found = await read(machine, [1, bytes]);
    expect(uuids(found)).toEqual([uuidOf(1), uuidOf(4)]);
    const segment = segmentFileName(1);
    expect(found.damages).toEqual([
      { segment, offset: size, lengthBytes: size, uuid: uuidOf(2), version: 1 },
      { segment, offset: 2 * size, lengthBytes: size, uuid: null, version: null },
    ]);
  });
});

test('readJournal: bytes that are no record in an earlier segment, more of them than one write, and a missing segment are damage', async () => {
  await onMachine(async (machine) => {
    const torn = segmentOf(1, [put(1)], [put(2)]).subarray(0, -1);
    const long = segmentOf(3, [put(3)], [put(4, 2_100)]).fill(0, 300);
    const found = await read(machine, [1, torn], [3, long]);
    expect(uuids(found)).toEqual([uuidOf(1), uuidOf(3)]);
    expect(found.damages.map(({ segment, offset }) => [segment, offset])).toEqual([
      [segmentFileName(1), journalRecordBytes(put(1))],
      [segmentFileName(2), 0],
      [segmentFileName(3), journalRecordBytes(put(3))],
    ]);
    expect(found.cutBytes).toBe(0);
  });
});

test('readJournal does not take a record inside the data of a spoiled one for a record of the journal', async () => {
  await onMachine(async (machine) => {
    const inner = segmentOf(1, [put(5)]);
    const outer: JournalRecord = { ...put(2), data: inner };
    const bytes = segmentOf(1, [put(1)], [outer], [put(3)]);
    const at = journalRecordBytes(put(1));
    bytes[at + 3] = 0;
    expect(uuids(await read(machine, [1, bytes]))).toEqual([uuidOf(1), uuidOf(3)]);
  });
});

test('readJournal writes a tail again that nothing proves durable: after a failed fsync the kernel calls lost pages clean', async () => {
  const sim = new Simulation({ seed: 3 });
  const machine = sim.machine('dn-1');
  const bytes = segmentOf(1, [put(1)], [put(2)]);
  await sim.run(async () => {
    const { disk } = machine.boot();
    const file = await disk.open(segmentFileName(1), 'create');
    await file.write(bytes, 0);
    await disk.syncDirectory('.');
    machine.disk.failNext('sync');
    await file.sync().catch(() => undefined);
  });
  machine.crash();
  await sim.run(async () => {
    expect(uuids(await readJournal(machine.boot().disk, LIMITS))).toEqual([uuidOf(1), uuidOf(2)]);
  });
  machine.crash({ power: true });
  expect(machine.disk.readFile(segmentFileName(1))).toEqual(bytes);
});

test('readJournal rejects while the disk cannot read a segment: what cannot be read is not lost', async () => {
  await onMachine(async (machine) => {
    machine.disk.writeFile(segmentFileName(1), segmentOf(1, [put(1)]));
    machine.disk.failNext('read', segmentFileName(1));
    await expect(readJournal(machine.boot().disk, LIMITS)).rejects.toMatchObject({ code: 'IO_ERROR' });
  });
});
