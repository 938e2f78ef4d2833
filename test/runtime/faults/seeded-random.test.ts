import { expect, test } from 'vitest';
import { SeededRandom, xoshiro128 } from '../../../src/runtime/faults/seeded-random.js';

const draw = (random: SeededRandom, count: number): number[] => Array.from({ length: count }, () => random.uint32());

test('xoshiro128: gives the published sequence for the state 1, 2, 3, 4', () => {
  const state = Int32Array.of(1, 2, 3, 4);
  const drawn = Array.from({ length: 10 }, () => xoshiro128(state));
  expect(drawn).toEqual([
    11_520, 0, 5_927_040, 70_819_200, 2_031_721_883, 1_637_235_492, 1_287_239_034, 3_734_860_849, 3_729_100_597, 4_258_142_804,
  ]);
});

test('SeededRandom: seed and name decide the numbers, nothing else', () => {
  const first = draw(new SeededRandom('1', 'a'), 100);
  draw(new SeededRandom('1', 'b'), 5);
  expect(draw(new SeededRandom('1', 'a'), 100)).toEqual(first);
  expect(draw(new SeededRandom('2', 'a'), 100)).not.toEqual(first);
  expect(draw(new SeededRandom('1', 'b'), 100)).not.toEqual(first);
});

test('SeededRandom: numbers stay in their ranges', () => {
  const random = new SeededRandom('7', 'ranges');
  const seen = new Set<number>();
  for (let i = 0; i < 2_000; i++) {
    expect(random.float()).toBeLessThan(1);
    seen.add(random.integer(3, 6));
  }
  expect([...seen].sort()).toEqual([3, 4, 5, 6]);
  expect(random.bytes(17)).toHaveLength(17);
  expect(random.chance(0)).toBe(false);
  expect(random.chance(1)).toBe(true);
});
