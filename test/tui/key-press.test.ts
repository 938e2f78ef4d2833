import type { Key } from 'ink';
import { expect, test } from 'vitest';
import { keyPressesOf } from '../../src/tui/model/key-press.js';

const NO_KEY: Key = {
  upArrow: false,
  downArrow: false,
  leftArrow: false,
  rightArrow: false,
  pageDown: false,
  pageUp: false,
  home: false,
  end: false,
  return: false,
  escape: false,
  ctrl: false,
  shift: false,
  tab: false,
  backspace: false,
  delete: false,
  meta: false,
  super: false,
  hyper: false,
  capsLock: false,
  numLock: false,
};

test('keyPressesOf: characters that arrive in one piece are single presses, in order', () => {
  expect(keyPressesOf('jx é', NO_KEY)).toEqual([{ char: 'j' }, { char: 'x' }, { char: ' ' }, { char: 'é' }]);
  expect(keyPressesOf('👨‍👩‍👧', NO_KEY)).toEqual([{ char: '👨‍👩‍👧' }]);
});

test('keyPressesOf: control characters inside a paste are the keys they stand for', () => {
  expect(keyPressesOf('a\r\nb\tc\u007f\u0007', NO_KEY)).toEqual([
    { char: 'a' },
    { key: 'enter' },
    { char: 'b' },
    { key: 'tab' },
    { char: 'c' },
    { key: 'backspace' },
  ]);
});

test('keyPressesOf: named keys and control letters', () => {
  expect(keyPressesOf('', { ...NO_KEY, upArrow: true })).toEqual([{ key: 'up' }]);
  expect(keyPressesOf('', { ...NO_KEY, delete: true })).toEqual([{ key: 'backspace' }]);
  expect(keyPressesOf('', { ...NO_KEY, escape: true, meta: true })).toEqual([{ key: 'escape' }]);
  expect(keyPressesOf('c', { ...NO_KEY, ctrl: true })).toEqual([{ key: 'ctrl-c' }]);
  expect(keyPressesOf('x', { ...NO_KEY, ctrl: true })).toEqual([]);
});

test('keyPressesOf: Alt with a letter, and answers of the terminal, are not typing', () => {
  expect(keyPressesOf('x', { ...NO_KEY, meta: true })).toEqual([]);
  for (const sequence of ['[I', '[24;80R', '[200~', '[?62;22c', 'OP']) expect(keyPressesOf(sequence, NO_KEY)).toEqual([]);
  expect(keyPressesOf('[x].txt', NO_KEY)).toHaveLength(7);
});
