import { expect, test } from 'vitest';
import { inspectLog, type InspectOptions, type Inspected } from '../../../src/master/log/inspect-log.js';
import { encodeRecord, recordSizeBytes } from '../../../src/master/log/record.js';
import { OPERATIONS } from '../../../src/master/state/operations/operations.js';
import type { Machine } from '../../../src/runtime/memory/machine.js';
import { Simulation } from '../../../src/runtime/memory/simulation.js';
import { batch, dataEntry, found, GROUP, hardStateOf, openMember } from './storage-rig.js';

async function member(seed: string, lastIndex: number): Promise<{ sim: Simulation; machine: Machine }> {
  const sim = new Simulation({ seed });
  const machine = sim.machine('m-1');
  await sim.run(async () => {
    await found(machine);
    const { storage } = await openMember(machine.boot());
    await storage.write(batch({ hardState: hardStateOf(2, 'm-3') }));
    for (let index = 2; index <= lastIndex; index += 1) {
      await storage.write(batch({ entries: [dataEntry(index, 2, `entry ${index} `.repeat(4))] }));
    }
    await storage.close();
    machine.crash();
  });
  return { sim, machine };
}

const inspect = ({ sim, machine }: { sim: Simulation; machine: Machine }, options?: InspectOptions): Promise<Inspected[]> =>
  sim.run(async () => {
    const all: Inspected[] = [];
    for await (const item of inspectLog(machine.boot().disk, options)) all.push(item);
    machine.crash();
    return all;
  });

test('inspectLog: the vote, then each file with every record of it, in the order of the log', async () => {
  const all = await inspect(await member('whole', 14));
  expect(all[0]).toEqual({ kind: 'vote', vote: { kind: 'sound', hardState: hardStateOf(2, 'm-3') } });
  const files = all.filter((item) => item.kind === 'file');
  expect(files.at(-1)).toMatchObject({ file: 'master.log', role: 'active' });
  expect(files.length).toBeGreaterThan(1);
  const records = all.filter((item) => item.kind === 'record');
  expect(records.slice(0, 4)).toMatchObject([
    { operation: 'segment', file: 'master-0000000000000001.log', offset: 0, term: 0, index: 0, durableOffset: 0, problem: null },
    { operation: 'hardState', index: 0, detail: hardStateOf(1) },
    { operation: 'members', index: 1, term: 1, detail: GROUP },
    { operation: 'hardState', index: 1, detail: hardStateOf(2, 'm-3') },
  ]);
  const entries = records.filter(({ operation }) => operation === 'rename');
  expect(entries.map(({ index }) => index)).toEqual(Array.from({ length: 13 }, (_, i) => i + 2));
  // Each was written alone: all before it was durable.
  for (const { offset, durableOffset } of entries) expect(durableOffset).toBe(offset);
  expect(all.some((item) => item.kind === 'damage')).toBe(false);
});

test('inspectLog: a damaged place with its reason, the proof that it is corruption, and what stands around it', async () => {
  const folder = await member('corruption', 14);
  const record = (await inspect(folder)).find((item) => item.kind === 'record' && item.index === 5)!;
  if (record.kind !== 'record') throw new Error('no record');
  folder.machine.disk.flipBit(record.file, record.offset + 40);
  const around = await inspect(folder, { around: 2, file: record.file });
  expect(around.slice(2)).toMatchObject([
    { kind: 'record', index: 3 },
    { kind: 'record', index: 4 },
    {
      kind: 'damage',
      offset: record.offset,
      nextOffset: record.offset + record.sizeBytes,
      reason: 'its checksum does not match',
      proof: 'a closed segment is durable as a whole',
    },
    { kind: 'record', index: 6 },
    { kind: 'record', index: 7 },
  ]);
});

test('inspectLog: in the active segment the hint or a later record proves corruption; without proof it may be a torn tail', async () => {
  const folder = await member('active', 9);
  const inActive = (await inspect(folder, { file: 'master.log' })).filter((item) => item.kind === 'record');
  const last = inActive.at(-1)!;
  folder.machine.disk.flipBit('master.log', last.offset + 30);
  const damage = async (): Promise<Inspected | undefined> => (await inspect(folder)).find((item) => item.kind === 'damage');
  expect(await damage()).toMatchObject({ proof: expect.stringContaining('master.log.durable says') as string, nextOffset: null });
  folder.machine.disk.removeFile('master.log.durable');
  expect(await damage()).toMatchObject({ proof: null, nextOffset: null });
  folder.machine.disk.flipBit('master.log', last.offset + 30);
  folder.machine.disk.flipBit('master.log', inActive.at(-2)!.offset + 1);
  expect(await damage()).toMatchObject({
    proof: expect.stringContaining('the next valid record says') as string,
    nextOffset: last.offset,
  });
});

test('inspectLog: records that are whole and in a wrong place', async () => {
  const folder = await member('swapped', 9);
  const records = (await inspect(folder, { file: 'master.log' })).filter((item) => item.kind === 'record');
  const log = Buffer.from(folder.machine.disk.readFile('master.log'));
  const entry = records.at(-2)!;
  folder.machine.disk.writeFile(
    'master.log',
    Buffer.concat([log.subarray(0, entry.offset), log.subarray(entry.offset + entry.sizeBytes)]),
  );
  const problems = (await inspect(folder)).flatMap((item) =>
    item.kind === 'record' && item.problem !== null ? [item.problem] : [],
  );
  expect(problems[0]).toMatch(/it claims that \d+ bytes were durable before it/);
});

test('inspectLog: works on a folder without anything, and reads a file larger than its window', async () => {
  const sim = new Simulation({ seed: 'empty' });
  const machine = sim.machine('m-1');
  expect(await inspect({ sim, machine })).toEqual([{ kind: 'vote', vote: { kind: 'missing', reason: 'it is missing' } }]);
  await sim.run(async () => {
    await found(machine);
    const { storage } = await openMember(machine.boot(), { segmentBytes: 2 ** 26 });
    for (let index = 2; index < 50; index += 1)
      await storage.write(batch({ entries: [dataEntry(index, 1, 'x'.repeat(100_000))] }));
    await storage.close();
    machine.crash();
  });
  machine.disk.flipBit('master.log', 2_500_000);
  const all = await inspect({ sim, machine });
  expect(all.filter((item) => item.kind === 'damage')).toHaveLength(1);
  expect(all.filter((item) => item.kind === 'record')).toHaveLength(3 + 47);
  expect(machine.disk.files()).toEqual(['master.log', 'master.log.durable', 'master.vote']);
});

test('inspectLog: an operation of a newer release is a record with a problem, and the records after it are read', async () => {
  const folder = await member('newer', 3);
  const log = folder.machine.disk.readFile('master.log');
  const record = { term: 2, durableOffset: 0, body: Uint8Array.of(1, 2, 3) };
  const size = recordSizeBytes(record.body.length);
  const bytes = new Uint8Array(2 * size);
  encodeRecord({ ...record, opCode: 99, index: 4 }, bytes, 0);
  encodeRecord({ ...record, opCode: OPERATIONS.rename.code, index: 5 }, bytes, size);
  folder.machine.disk.writeFile('master.log', Buffer.concat([log, bytes]));
  expect((await inspect(folder)).slice(-2)).toMatchObject([
    { kind: 'record', operation: '99', index: 4, problem: 'this release does not know the operation: a newer one wrote it' },
    { kind: 'record', operation: 'rename', index: 5, problem: null },
  ]);
});
