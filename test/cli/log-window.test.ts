import { expect, test } from 'vitest';
import { type LogItem, LogWindow, type Place } from '../../src/cli/log-window.js';

const SIZE = 10;

/** A log of two files with `count` records each; the offsets of `damaged` in the second one are no records. */
function items(count: number, ...damaged: readonly number[]): LogItem[] {
  return ['master-0000000000000001.log', 'master.log'].flatMap((file, nth) =>
    Array.from({ length: count }, (_, i): LogItem => {
      const place = { file, offset: i * SIZE, sizeBytes: SIZE };
      if (nth === 1 && damaged.includes(place.offset)) return { ...place, record: null, reason: 'its checksum does not match' };
      return { ...place, record: { operation: 'rename', term: 1, index: nth * count + i + 1 } };
    }),
  );
}

function look(log: readonly LogItem[], place: Place | null, limit: number): { window: LogWindow; offsets: number[] } {
  const window = new LogWindow(place, limit);
  for (const item of log) window.push(item);
  return { window, offsets: window.items.map(({ offset }) => offset) };
}

test('LogWindow: the end of the log when nothing is damaged', () => {
  const { window, offsets } = look(items(50), null, 4);
  expect(offsets).toEqual([460, 470, 480, 490]);
  expect(window.centre).toBeNull();
  expect(window.files).toEqual([
    { file: 'master-0000000000000001.log', records: 50, bytes: 500, firstIndex: 1, lastIndex: 50 },
    { file: 'master.log', records: 50, bytes: 500, firstIndex: 51, lastIndex: 100 },
  ]);
});

test('LogWindow: the first damage in the middle, and all damage counted', () => {
  const { window, offsets } = look(items(50, 200, 300, 310), null, 5);
  expect(offsets).toEqual([180, 190, 200, 210, 220]);
  expect(window.centre).toMatchObject({ file: 'master.log', offset: 200, record: null });
  expect([window.damagedPlaces, window.damage.map(({ offset }) => offset)]).toEqual([3, [200, 300, 310]]);
});

test('LogWindow: the record that holds an offset of the file that is named', () => {
  const { window, offsets } = look(items(50), { file: 'master.log', offset: 205 }, 3);
  expect(offsets).toEqual([190, 200, 210]);
  expect(window.items.every(({ file }) => file === 'master.log')).toBe(true);
  expect(look(items(50), { file: 'master.log', offset: 500 }, 3).window.centre).toBeNull();
});

test('LogWindow: near the ends there are fewer, and never more than the limit', () => {
  expect(look(items(50), { file: 'master-0000000000000001.log', offset: 0 }, 4).offsets).toEqual([0, 10]);
  expect(look(items(50, 490), null, 4).offsets).toEqual([470, 480, 490]);
  for (const limit of [1, 2, 3, 7]) expect(look(items(50, 200), null, limit).offsets.length).toBeLessThanOrEqual(limit);
  expect(look(items(50, 200), null, 1).offsets).toEqual([200]);
});
