import { expect, test } from 'vitest';
import { IdRanges } from '../../../../src/master/state/tables/id-ranges.js';

test('IdRanges: ranges that touch are one; what is between others is in none', () => {
  const ranges = new IdRanges();
  ranges.add(5, 9);
  ranges.add(10, 12);
  ranges.add(20, 20);
  expect(ranges.all).toEqual([
    { from: 5, to: 12 },
    { from: 20, to: 20 },
  ]);
  expect([4, 5, 12, 13, 20, 21].map((id) => ranges.has(id))).toEqual([false, true, true, false, true, false]);
  expect(ranges.count).toBe(9);
});

test('IdRanges: are bounded, and no id ever leaves them', () => {
  const ranges = new IdRanges();
  for (let id = 1; id < 1_000; id += 2) ranges.add(id, id);
  expect(ranges.all.length).toBeLessThanOrEqual(64);
  for (let id = 1; id < 1_000; id += 2) expect(ranges.has(id)).toBe(true);
});
