import { expect, test } from 'vitest';
import { cutToWidth } from '../../../src/cli/terminal/cut-to-width.js';

test('cutToWidth: never takes more columns, and never cuts a character in two', () => {
  expect(cutToWidth('short', 9)).toBe('short');
  expect(cutToWidth('机架机架', 5)).toBe('机架');
  expect(cutToWidth('ab👨‍👩‍👧c', 3)).toBe('ab');
  expect(cutToWidth('cafe\u0301s', 4)).toBe('cafe\u0301');
});
