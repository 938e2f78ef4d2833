import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { inspectLogOf, type InspectFlags, type InspectLog } from '../../src/cli/distrifs/admin-log-inspect.js';
import { SILENT_LOGGER } from '../../src/cli/distrifs/admin-command.js';
import { createNodeRuntime } from '../../src/runtime/node/index.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'distrifs-inspect-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A reader that finds a good record, a damaged one, and another good one. */
const READER: InspectLog = async function* () {
  const record = (offset: number, index: number) => ({
    ...({ kind: 'record', file: 'master.log', offset, sizeBytes: 40 } as const),
    ...{ operation: 'makeDirectory', term: 3, index, problem: null },
  });
  yield { kind: 'vote', vote: { kind: 'sound', hardState: { term: 3, votedFor: { id: 'm-2' }, isDamaged: false } } };
  yield { kind: 'file', file: 'master.log', role: 'active', sizeBytes: 140 };
  yield record(0, 1);
  yield {
    kind: 'damage',
    file: 'master.log',
    offset: 40,
    reason: 'its checksum does not match',
    nextOffset: 100,
    proof: 'a hint',
  };
  yield record(100, 3);
};

async function inspect(flags: Partial<InspectFlags>, reader: InspectLog = READER): Promise<string> {
  let text = '';
  const spy = vi.spyOn(process.stdout, 'write').mockImplementation((piece) => {
    text += String(piece);
    return true;
  });
  try {
    await inspectLogOf({ dataDir: folder, file: 'master.log', limit: 20, ...flags }, reader);
    return text;
  } finally {
    spy.mockRestore();
  }
}

test('log-inspect: the damaged place among its neighbours, the files, and what is wrong', async () => {
  const lines = (await inspect({})).trimEnd().split('\n');
  expect(lines.map((line) => line.trim().split(/ {2,}/))).toEqual([
    ['file', 'operation', 'offset', 'bytes', 'term', 'index'],
    ['master.log', 'makeDirectory', '0', '40', '3', '1'],
    ['>', 'master.log', 'DAMAGED', '40', '60', '-', '-'],
    ['master.log', 'makeDirectory', '100', '40', '3', '3'],
    ['vote: term 3, given to m-2'],
    ['master.log (active): 2 records, 140 B, index 1 to 3'],
    [
      'master.log at offset 40 is damaged, 60 B: its checksum does not match. The bytes were durable (a hint): corruption, which a start does not cut',
    ],
  ]);
});

test('log-inspect --json: the same for a program', async () => {
  expect(JSON.parse(await inspect({ json: true, around: 110, limit: 1 }))).toMatchObject({
    vote: { kind: 'sound', hardState: { term: 3 } },
    files: [{ file: 'master.log', records: 2, sizeBytes: 140, firstIndex: 1, lastIndex: 3 }],
    faultCount: 1,
    faults: [{ kind: 'damage', file: 'master.log', offset: 40, sizeBytes: 60, reason: 'its checksum does not match' }],
    items: [{ kind: 'record', file: 'master.log', offset: 100, sizeBytes: 40, operation: 'makeDirectory', term: 3, index: 3 }],
  });
});

test('log-inspect: no folder, no log, and an offset that is not there are said so', async () => {
  await expect(inspect({ dataDir: join(folder, 'none') })).rejects.toThrow(/Cannot list ".*none".*no such file/);
  await expect(inspect({}, async function* () {})).rejects.toThrow(/contains no log: name the folder of a master/);
  await expect(inspect({ around: 999 })).rejects.toThrow(
    /no record at offset 999 of master\.log: the log has master\.log \(140 bytes\)/,
  );
});

test('log-inspect: a folder on which a master runs is refused', async () => {
  mkdirSync(join(folder, 'm-1'));
  const { runtime, close } = createNodeRuntime({ dataDir: join(folder, 'm-1'), log: SILENT_LOGGER });
  try {
    await runtime.disk.lock();
    await expect(inspect({ dataDir: join(folder, 'm-1') })).rejects.toThrow(
      /would look torn: stop the master first, or inspect a copy/,
    );
  } finally {
    await close();
  }
});
