import { expect, test } from 'vitest';
import {
  editCommand,
  EMPTY_COMMAND,
  lineBelow,
  remembered,
  targeted,
  textOf,
  typedColumn,
  type CommandPrompt,
} from '../../src/tui/command-prompt.js';
import type { KeyName } from '../../src/tui/key-press.js';
import { VOCABULARY } from './fake-control.js';

const CONTEXT = { vocabulary: VOCABULARY, nodeIds: ['m-1', 'dn-1', 'dn-2'], history: ['kill dn-1', 'heal'] };
const typed = (text: string, prompt = EMPTY_COMMAND): CommandPrompt =>
  Array.from(text).reduce((edited, char) => editCommand(edited, { char }, CONTEXT), prompt);
const pressed = (prompt: CommandPrompt, ...keys: readonly KeyName[]): CommandPrompt =>
  keys.reduce((edited, key) => editCommand(edited, { key }, CONTEXT), prompt);
const tabbed = (text: string): string => textOf(pressed(typed(text), 'tab'));

test('editCommand: Tab completes words, node names, keys and values', () => {
  expect(tabbed('ki')).toBe('kill ');
  expect(tabbed('kill m')).toBe('kill m-1 ');
  expect(tabbed('kill d')).toBe('kill dn-');
  expect(tabbed('kill dn-1 d')).toBe('kill dn-1 dn-2 ');
  expect(tabbed('kill ro')).toBe('kill role=');
  expect(tabbed('kill role=d')).toBe('kill role=datanode ');
  expect(tabbed('delay dn-1 delay=5ms dir')).toBe('delay dn-1 delay=5ms direction=');
  expect(tabbed('delay dn-1 target=m-1,m')).toBe('delay dn-1 target=m-1,m-1');
  expect(tabbed('frobnicate d')).toBe('frobnicate d');
  expect(tabbed('kill dn-1 delay')).toBe('kill dn-1 delay');
});

test('editCommand: where several fit, they are shown until something is typed', () => {
  const asked = pressed(typed('delay d'), 'tab');
  expect(textOf(asked)).toBe('delay d');
  expect(asked.hint).toEqual({ options: ['dn-1', 'dn-2', 'delay=', 'direction='] });
  expect(typed('e', asked).hint).toBeNull();
  expect(pressed(EMPTY_COMMAND, 'tab').hint).toEqual({ options: ['delay', 'heal', 'kill', 'powercut', 'add'] });
});

test('editCommand: Up and Down walk through the history and back to what was being typed', () => {
  const prompt = typed('del');
  expect(textOf(pressed(prompt, 'up'))).toBe('heal');
  expect(textOf(pressed(prompt, 'up', 'up', 'up', 'up'))).toBe('kill dn-1');
  expect(textOf(pressed(prompt, 'up', 'up', 'down', 'down', 'down'))).toBe('del');
});

test('remembered: the same command once, the newest last, a bounded number', () => {
  expect(remembered(['a', 'b'], 'a')).toEqual(['b', 'a']);
  const many = Array.from({ length: 80 }, (_, at) => String(at)).reduce<readonly string[]>(remembered, []);
  expect([many.length, many.at(-1)]).toEqual([50, '79']);
});

test('targeted: the marked nodes are meant where a command needs some and names none', () => {
  const text = (command: string): string => targeted(command, ['dn-1', 'dn-2'], VOCABULARY).text;
  expect(text('kill')).toBe('kill dn-1 dn-2');
  expect(text('delay delay=5ms')).toBe('delay dn-1 dn-2 delay=5ms');
  expect(text('kill dn-2')).toBe('kill dn-2');
  expect(text('kill role=master')).toBe('kill role=master');
  expect(text('heal')).toBe('heal');
  expect(text('add')).toBe('add');
});

test('typedColumn: columns behind what was put in move back to what was typed', () => {
  const meant = targeted('delay delay=x', ['dn-1'], VOCABULARY);
  expect(meant.text).toBe('delay dn-1 delay=x');
  expect([3, 7, 12].map((column) => typedColumn(column, meant))).toEqual([3, 6, 7]);
});

test('lineBelow: a message stands where it fits: right of the mark, left of it, or with the column in front', () => {
  const below = (before: string, column: number, message: string): string =>
    lineBelow({ ...EMPTY_COMMAND, line: { before, after: '' }, hint: { problem: { column, message } } }, VOCABULARY, 40, '');
  expect(below('kill x', 6, 'unknown node')).toBe('       ^ unknown node');
  expect(below('delay dn-1 delay=5ms jitter=x', 29, 'no duration')).toBe(`${'no duration'.padStart(29)} ^`);
  expect(below('kill x', 6, 'm'.repeat(60))).toBe(` 6: ${'m'.repeat(60)}`);
  expect(below('x'.repeat(80), 70, 'too long')).toBe(' 70: too long');
});
