import { expect, test } from 'vitest';
import { printable } from '../../../src/cli/terminal/standard-output.js';

const HOSTILE = 'a\u001b[2J\u0007b\u009b1mc\u202egnp.exe\n';

test('printable: a terminal is given nothing that steers it', () => {
  expect(printable(HOSTILE, { isTTY: true })).toBe('a?[2J?b?1mc?gnp.exe?');
  expect(printable('机架 cafe\u0301 👨‍👩‍👧', { isTTY: true })).toBe('机架 cafe\u0301 👨‍👩‍👧');
});

test('printable: a program is given the text as it is', () => {
  expect(printable(HOSTILE, { isTTY: false })).toBe(HOSTILE);
  expect(printable(HOSTILE, {})).toBe(HOSTILE);
});
