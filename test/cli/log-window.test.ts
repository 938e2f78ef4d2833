import { expect, test } from 'vitest';
import { type Inspected, LogWindow, type Place } from '../../src/cli/distrifs/log-window.js';

const SIZE = 10;
const CLOSED = 'master-0000000000000001.log';

/** A log of two files with `count` records each; those at the offsets `damaged` of the second one are none. */
function logOf(count: number, ...damaged: readonly number[]): Inspected[] {
  return [CLOSED, 'master.log'].flatMap((file, nth): Inspected[] => [
    { kind: 'file', file, role: nth === 0 ? 'closed' : 'active', sizeBytes: count * SIZE },
    ...Array.from({ length: count }, (_, i): Inspected => {
      const offset = i * SIZE;
      if (nth === 1 && damaged.includes(offset)) {
        return {
          kind: 'damage',
          file,
          offset,
          reason: 'checksum',
          nextOffset: i + 1 < count ? offset + SIZE : null,
          proof: null,
        };
      }
      const entry = { operation: 'rename', term: 1, index: nth * count + i + 1, problem: null };
      return { kind: 'record', file, offset, sizeBytes: SIZE, ...entry };
    }),
  ]);
}

function look(log: readonly Inspected[], place: Place | null, limit: number): { window: LogWindow; offsets: number[] } {
  const window = new LogWindow(place, limit);
  for (const item of log) window.push(item);
  return { window, offsets: window.items.map(({ offset }) => offset) };
}

test('LogWindow: the end of the log when nothing is wrong', () => {
  const { window, offsets } = look(logOf(50), null, 4);
  expect(offsets).toEqual([460, 470, 480, 490]);
  expect(window.centre).toBeNull();
  expect(window.files).toEqual([
    { file: CLOSED, role: 'closed', sizeBytes: 500, records: 50, firstIndex: 1, lastIndex: 50 },
    { file: 'master.log', role: 'active', sizeBytes: 500, records: 50, firstIndex: 51, lastIndex: 100 },
  ]);
});

test('LogWindow: the first damage in the middle, and all of it counted', () => {
  const { window, offsets } = look(logOf(50, 200, 300, 310), null, 5);
  expect(offsets).toEqual([180, 190, 200, 210, 220]);
  expect(window.centre).toMatchObject({ kind: 'damage', file: 'master.log', offset: 200 });
  expect([window.faultCount, window.faults.map(({ offset }) => offset)]).toEqual([3, [200, 300, 310]]);
});

test('LogWindow: a record that cannot stand where it is counts as wrong', () => {
  const log = logOf(50).map((item) =>
    item.kind === 'record' && item.index === 30 ? { ...item, problem: 'record 30 follows record 28' } : item,
  );
  expect(look(log, null, 3).window.items.map((item) => item.kind === 'record' && item.index)).toEqual([29, 30, 31]);
});

test('LogWindow: the record that holds an offset of the file that is named', () => {
  const { window, offsets } = look(logOf(50), { file: 'master.log', offset: 205 }, 3);
  expect(offsets).toEqual([190, 200, 210]);
  expect(window.items.every(({ file }) => file === 'master.log')).toBe(true);
  expect(look(logOf(50), { file: 'master.log', offset: 500 }, 3).window.centre).toBeNull();
});

test('LogWindow: near the ends there are fewer, and never more than the limit', () => {
  expect(look(logOf(50), { file: CLOSED, offset: 0 }, 4).offsets).toEqual([0, 10]);
  const { window, offsets } = look(logOf(50, 490), null, 4);
  expect(offsets).toEqual([470, 480, 490]);
  expect(window.sizeOf(window.items[2]!)).toBe(SIZE);
  for (const limit of [1, 2, 3, 7]) expect(look(logOf(50, 200), null, limit).offsets.length).toBeLessThanOrEqual(limit);
  expect(look(logOf(50, 200), null, 1).offsets).toEqual([200]);
});
