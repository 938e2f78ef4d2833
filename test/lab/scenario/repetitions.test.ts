import { expect, test } from 'vitest';
import { repetitionSeeds } from '../../../src/lab/scenario/plan/repetitions.js';

test('repetitionSeeds: the first is the given one, none comes twice, and more of them change nothing', () => {
  const many = repetitionSeeds(7, 5_000);
  expect(many[0]).toBe(7);
  expect(new Set(many).size).toBe(5_000);
  expect(many.every((seed) => Number.isInteger(seed) && seed >= 0 && seed < 2 ** 32)).toBe(true);
  expect(repetitionSeeds(7, 3)).toEqual(many.slice(0, 3));
  expect(repetitionSeeds(8, 3).slice(1)).not.toEqual(many.slice(1, 3));
});
