import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { ExtremeIndex } from '../../../src/lab/checkers/extreme-index.js';

const bound = fc.oneof(fc.integer({ min: 0, max: 9 }), fc.constant(Infinity));

test('ExtremeIndex: finds what looking at every item finds', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(bound, fc.integer({ min: 0, max: 9 }))), bound, (items, limit) => {
      const index = new ExtremeIndex(
        items,
        ([key]) => key,
        ([, value]) => value,
      );
      const values = (fits: (key: number) => boolean): number[] =>
        items.filter(([key]) => key !== Infinity && fits(key)).map(([, value]) => value);
      expect(index.bestBelow(limit)?.[1] ?? -Infinity).toBe(Math.max(...values((key) => key < limit)));
      expect(index.greatestUpTo(limit)).toBe(Math.max(...values((key) => key <= limit)));
    }),
    { numRuns: 500, seed: 1 },
  );
});
