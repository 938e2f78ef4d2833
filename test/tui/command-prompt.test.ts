import { expect, test } from 'vitest';
import {
  editCommand,
  EMPTY_COMMAND,
  linesBelow,
  remembered,
  targeted,
  textOf,
  typedColumn,
  type CommandPrompt,
} from '../../src/tui/model/command-prompt.js';
import type { KeyName } from '../../src/tui/model/key-press.js';
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

/** What stands below a command, in 40 columns and three lines at most. */
const below = (before: string, hint: CommandPrompt['hint'], vocabulary = VOCABULARY): readonly string[] =>
  linesBelow({ ...EMPTY_COMMAND, line: { before, after: '' }, hint }, vocabulary, { columns: 40, rows: 3 }, '');

test('linesBelow: a message stands where it fits: right of the mark, left of it, or with the column in front', () => {
  const wrong = (before: string, column: number, message: string): readonly string[] =>
    below(before, { problem: { column, message } });
  expect(wrong('kill x', 6, 'unknown node')).toEqual(['       ^ unknown node']);
  expect(wrong('delay dn-1 delay=5ms jitter=x', 29, 'no duration')).toEqual([`${'no duration'.padStart(29)} ^`]);
  expect(wrong('x'.repeat(80), 70, 'too long')).toEqual([' 70: too long']);
});

test('linesBelow: a long message goes on in further lines, as many as there is room for', () => {
  const message = 'unknown node "dn-9": this cluster has m-1 to m-3 and dn-1 to dn-4';
  expect(below('kill dn-9', { problem: { column: 6, message } })).toEqual([
    ' 6: unknown node "dn-9": this cluster',
    ' has m-1 to m-3 and dn-1 to dn-4',
  ]);
  const unbroken = below('kill x', { problem: { column: 6, message: 'm'.repeat(200) } });
  expect(unbroken.map(({ length }) => length)).toEqual([3, 40, 162]);
});

test('linesBelow: what a command needs and how long it lasts stand first, the other side last', () => {
  const key = (name: string, isNeeded = false) => ({ key: name, value: 'x', words: [], help: '', isNeeded });
  const keys = [key('delay', true), key('jitter'), key('target'), key('target-role'), key('kind'), key('duration')];
  const words = [{ word: 'delay', help: '', nodes: 'needed', keys }] as const;
  expect(below('delay ', null, { ...VOCABULARY, words }).join('')).toBe(
    ' [nodes] delay=x [duration=x] [jitter=x] [target=x] [kind=x] [target-role=x]',
  );
});
