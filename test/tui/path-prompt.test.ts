import { expect, test } from 'vitest';
import type { KeyName } from '../../src/tui/model/key-press.js';
import { editPrompt, EMPTY_PROMPT, localPathOf, type PathPrompt } from '../../src/tui/model/path-prompt.js';

const typed = (prompt: PathPrompt, text: string): PathPrompt =>
  Array.from(text).reduce((edited, char) => editPrompt(edited, { char }), prompt);
const pressed = (prompt: PathPrompt, ...keys: readonly KeyName[]): PathPrompt =>
  keys.reduce((edited, key) => editPrompt(edited, { key }), prompt);

test('editPrompt: typing, moving and deleting happen at the cursor', () => {
  const moved = pressed(typed(EMPTY_PROMPT, '/tmp/fle'), 'left', 'left');
  expect(moved).toEqual({ before: '/tmp/f', after: 'le' });
  expect(typed(moved, 'i')).toEqual({ before: '/tmp/fi', after: 'le' });
  expect(pressed(moved, 'backspace')).toEqual({ before: '/tmp/', after: 'le' });
  expect(pressed(moved, 'right', 'right', 'right')).toEqual({ before: '/tmp/fle', after: '' });
  expect(pressed(moved, 'home')).toEqual({ before: '', after: '/tmp/fle' });
  expect(pressed(moved, 'home', 'left', 'backspace')).toEqual({ before: '', after: '/tmp/fle' });
  expect(pressed(moved, 'ctrl-e')).toEqual({ before: '/tmp/fle', after: '' });
  expect(pressed(moved, 'ctrl-u')).toEqual({ before: '', after: 'le' });
});

test('editPrompt: ctrl-w deletes one part of the path', () => {
  const prompt = typed(EMPTY_PROMPT, '/home/me/my file');
  expect(pressed(prompt, 'ctrl-w').before).toBe('/home/me/my ');
  expect(pressed(prompt, 'ctrl-w', 'ctrl-w').before).toBe('/home/me/');
  expect(pressed(prompt, 'ctrl-w', 'ctrl-w', 'ctrl-w', 'ctrl-w', 'ctrl-w').before).toBe('');
});

test('editPrompt: a character of several code points is one', () => {
  expect(pressed({ before: 'a👨‍👩‍👧', after: '' }, 'backspace').before).toBe('a');
  expect(pressed({ before: 'a👨‍👩‍👧', after: '' }, 'left')).toEqual({ before: 'a', after: '👨‍👩‍👧' });
});

test('editPrompt: takes no more than a path can have', () => {
  const full = { before: 'x'.repeat(4096), after: '' };
  expect(editPrompt(full, { char: 'y' })).toBe(full);
});

test('localPathOf: home folder, quotes of a dropped file, and nothing', () => {
  expect(localPathOf(' ~/a b ', '/home/me')).toBe('/home/me/a b');
  expect(localPathOf('~', '/home/me')).toBe('/home/me');
  expect(localPathOf("'/tmp/a b'", '/home/me')).toBe('/tmp/a b');
  expect(localPathOf('"~/x"', '/home/me')).toBe('/home/me/x');
  expect(localPathOf('./~x', '/home/me')).toBe('./~x');
  expect(localPathOf('   ', '/home/me')).toBe('');
});
