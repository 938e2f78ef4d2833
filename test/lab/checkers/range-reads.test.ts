import { expect, test } from 'vitest';
import { checkIntegrity } from '../../../src/lab/checkers/content-guarantees.js';
import { withWholeReads } from '../../../src/lab/checkers/range-reads.js';
import type { Operation } from '../../../src/lab/history/operation.js';
import { ContentCheck } from '../../../src/lab/workloads/content-check.js';
import { contentName, ContentStream, fileContent, fingerprintOf } from '../../../src/lab/workloads/file-content.js';

const LENGTH = 200_000;

const write = (id: number, path: string, version: string, lengthBytes = LENGTH): Operation => ({
  id,
  client: 'c',
  kind: 'overwrite',
  path,
  content: contentName(7, version),
  ...fingerprintOf(fileContent(7, version, lengthBytes)),
  invokedMs: id * 10,
  completedMs: id * 10 + 5,
  outcome: 'ok',
});
const read = (id: number, path: string, startByte: number, endByte: number, bytes: Uint8Array): Operation => ({
  id,
  client: 'c',
  kind: 'read',
  path,
  startByte,
  endByte,
  ...fingerprintOf(bytes),
  invokedMs: id * 10,
  completedMs: id * 10 + 5,
  outcome: 'ok',
});

test('ContentStream: begins at any byte with the same bytes, whatever the pieces', () => {
  const whole = fileContent(7, '/x', LENGTH);
  for (const start of [0, 1, 15, 16, 17, 65_535, 65_536, 199_999]) {
    const pieces = [...new ContentStream(contentName(7, '/x'), start).pieces(LENGTH - start, 4_099)];
    expect(Buffer.concat(pieces).equals(whole.subarray(start))).toBe(true);
  }
});

test('ContentCheck: names the first wrong byte, and what is missing or too much', () => {
  const bytes = fileContent(7, '/x', LENGTH).slice(1_000, 9_000);
  const faultOf = (...pieces: readonly Uint8Array[]): string | undefined => {
    const check = new ContentCheck(contentName(7, '/x'), 1_000, 8_000);
    for (const piece of pieces) check.add(piece);
    return check.fault();
  };
  expect(faultOf(bytes)).toBeUndefined();
  expect(faultOf(bytes.subarray(0, 17), bytes.subarray(17, 17), bytes.subarray(17))).toBeUndefined();
  expect(faultOf(bytes.subarray(0, 7_999))).toBe('7999 bytes from byte 1000 on instead of 8000');
  expect(faultOf(bytes, new Uint8Array(1))).toBe('8001 bytes from byte 1000 on instead of 8000');
  const flipped = bytes.slice();
  flipped[4_321] = (flipped[4_321] ?? 0) ^ 1;
  expect(faultOf(flipped.subarray(0, 4_000), flipped.subarray(4_000))).toBe('wrong bytes from byte 5321 on');
});

test('withWholeReads: a range is a read of the write that it is a part of; of no write, it is corruption', () => {
  const [first, second] = [fileContent(7, 'one', LENGTH), fileContent(7, 'two', LENGTH)];
  const history = [
    write(1, '/x', 'one'),
    write(2, '/x', 'two'),
    read(3, '/x', 100, 70_000, second.subarray(100, 70_000)),
    read(4, '/x', 100, 70_000, first.subarray(100, 70_000)),
    read(5, '/x', 199_000, 300_000, second.subarray(199_000)),
    read(6, '/x', 100, 70_000, second.subarray(101, 70_001)),
    read(7, '/x', 100, 70_000, second.subarray(100, 69_999)),
    // Beyond the end of both: it tells nothing but that there is a file.
    read(8, '/x', 400_000, 400_001, new Uint8Array()),
  ];
  const told = withWholeReads(history);
  const [one, two] = [history[0]?.sha256, history[1]?.sha256];
  expect(told.slice(2, 5).map(({ sha256, startByte }) => [sha256, startByte])).toEqual([
    [two, undefined],
    [one, undefined],
    [two, undefined],
  ]);
  expect(told[7]).toMatchObject({ kind: 'stat', exists: true });
  const { verdict, violations } = checkIntegrity(told);
  expect(verdict).toBe('fail');
  expect(violations.flatMap(({ operationIds }) => operationIds)).toEqual([6, 7]);
});

test('withWholeReads: a renamed file is known by its content', () => {
  const bytes = fileContent(7, 'one', LENGTH);
  const history: Operation[] = [
    write(1, '/x', 'one'),
    { id: 2, client: 'c', kind: 'rename', path: '/x', toPath: '/y', invokedMs: 20, completedMs: 25, outcome: 'ok' },
    read(3, '/y', 5, 500, bytes.subarray(5, 500)),
  ];
  expect(withWholeReads(history)[2]?.sha256).toBe(history[0]?.sha256);
});
