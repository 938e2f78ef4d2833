import { expect, test } from 'vitest';
import { suggest } from '../../../src/lab/scenario/model/suggest.js';

test.each([
  ['partiton', 'partition'],
  ['isoalte', 'isolate'],
  ['PARTITION', 'partition'],
  ['hael', 'heal'],
  ['heal', 'heal'],
  ['x', undefined],
  ['completely-different', undefined],
  ['x'.repeat(1_000_000), undefined],
])('suggest finds for "%.20s": %s', (word, expected) => {
  expect(suggest(word, ['partition', 'isolate', 'heal'])).toBe(expected);
});
