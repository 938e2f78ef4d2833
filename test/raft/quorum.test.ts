import { expect, test } from 'vitest';
import { majorityOf, majorityValue, tally } from '../../src/raft/quorum.js';

test('majorityOf: two majorities always have a member in common', () => {
  expect([1, 2, 3, 4, 5].map(majorityOf)).toEqual([1, 2, 2, 3, 3]);
  for (let voters = 1; voters < 10; voters += 1) expect(2 * majorityOf(voters)).toBeGreaterThan(voters);
});

test('majorityValue: the largest value that a majority has reached', () => {
  expect(majorityValue([7])).toBe(7);
  expect(majorityValue([7, 3])).toBe(3);
  expect(majorityValue([1, 9, 5])).toBe(5);
  expect(majorityValue([1, 9, 5, 8])).toBe(5);
  expect(majorityValue([])).toBe(0);
});

test('tally: open until a majority has granted, or can no longer', () => {
  const votes = (...given: boolean[]): Map<string, boolean> => new Map(given.map((vote, i) => [`m${i + 1}`, vote]));
  const voters = ['m1', 'm2', 'm3'];
  expect(tally(voters, votes(true))).toBe('open');
  expect(tally(voters, votes(true, true))).toBe('won');
  expect(tally(voters, votes(true, false))).toBe('open');
  expect(tally(voters, votes(true, false, false))).toBe('lost');
  expect(tally(['m3'], votes(true, true))).toBe('open');
  expect(tally([], votes())).not.toBe('won');
});
