import { expect, test } from 'vitest';
import { countOf, errorLine, formatBytes, formatTimeOfDay, printable } from '../../src/tui/model/format.js';

test('formatBytes: units of 1024, at most 5 characters, never 1024 of a unit', () => {
  expect([0, 999, 1023, 1024, 1536, 65_536, 12.34 * 2 ** 20, 2 ** 30, 1.25 * 2 ** 40].map(formatBytes)).toEqual([
    '0B',
    '999B',
    '1023B',
    '1K',
    '1.5K',
    '64K',
    '12.3M',
    '1G',
    '1.3T',
  ]);
  expect(formatBytes(2 ** 20 - 1)).toBe('1M');
  for (let bits = 0; bits < 53; bits++) {
    expect(formatBytes(2 ** bits - 1).length).toBeLessThanOrEqual(5);
    expect(formatBytes(2 ** bits * 0.9999).length).toBeLessThanOrEqual(5);
  }
});

test('formatTimeOfDay: hours, minutes and seconds of the local time', () => {
  expect(formatTimeOfDay(new Date(2026, 1, 3, 4, 5, 6).getTime())).toBe('04:05:06');
});

test('printable: makes one harmless line of text from outside', () => {
  expect(printable('Cannot open "x":\n  no such file\r\n')).toBe('Cannot open "x": no such file ');
  expect(printable('\u001B[2Jgone\u0007')).toBe('\u{fffd}[2Jgone\u{fffd}');
  expect(printable('a\u202Egnp.exe')).toBe('a\u{fffd}gnp.exe');
  expect(printable('cafe\u0301')).toBe('caf\u00e9');
  expect(printable('👨‍👩‍👧 日本語')).toBe('👨‍👩‍👧 日本語');
});

test('countOf: one is singular', () => {
  expect([0, 1, 2].map((count) => countOf(count, 'chunk'))).toEqual(['0 chunks', '1 chunk', '2 chunks']);
});

test('errorLine: one line of whatever was thrown', () => {
  expect(errorLine(new Error('a\nb'))).toBe('a b');
  expect(errorLine('text')).toBe('text');
});
