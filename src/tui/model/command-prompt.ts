/** The prompt behind `:`: a command being typed, its history, its completion, and what is said below it. Pure. */
import type { CommandKey, CommandProblem, CommandWord } from '../../supervisor/api/lab-faults.js';
import { graphemesOf, type KeyPress } from './key-press.js';
import { editPrompt, EMPTY_PROMPT, type PathPrompt } from './path-prompt.js';

/** What can be typed. */
export interface Vocabulary {
  readonly words: readonly CommandWord[];
  /** Keys that say to which nodes, of every word that asks for some. */
  readonly selectors: readonly CommandKey[];
  /** Keys that say to how many of them. */
  readonly modes: readonly CommandKey[];
}

export const NO_WORDS: Vocabulary = { words: [], selectors: [], modes: [] };

export interface CommandPrompt {
  readonly line: PathPrompt;
  /** How far back in the history the line is from; 0: it is a new one. */
  readonly back: number;
  /** The new line, while an older one is shown. */
  readonly draft: string;
  /** What Tab could complete to, or what is wrong. */
  readonly hint: { readonly options: readonly string[] } | { readonly problem: CommandProblem } | null;
  /** Entered, and not answered yet. */
  readonly isAsked: boolean;
}

export const EMPTY_COMMAND: CommandPrompt = { line: EMPTY_PROMPT, back: 0, draft: '', hint: null, isAsked: false };

const HISTORY_MAX = 50;

export const textOf = ({ line }: CommandPrompt): string => line.before + line.after;

/** The history with one command more; the same one is kept once. */
export function remembered(history: readonly string[], text: string): readonly string[] {
  return [...history.filter((other) => other !== text), text].slice(-HISTORY_MAX);
}

/** What completion and history draw from. */
export interface CommandContext {
  readonly vocabulary: Vocabulary;
  readonly nodeIds: readonly string[];
  /** The newest last. */
  readonly history: readonly string[];
}

/** The prompt after a key press that neither enters nor closes it. */
export function editCommand(prompt: CommandPrompt, press: KeyPress, context: CommandContext): CommandPrompt {
  if ('key' in press) {
    if (press.key === 'up') return recalled(prompt, prompt.back + 1, context.history);
    if (press.key === 'down') return recalled(prompt, prompt.back - 1, context.history);
    if (press.key === 'tab') return completed(prompt, context);
  }
  const line = editPrompt(prompt.line, press);
  if (line === prompt.line) return prompt;
  const isSameText = line.before + line.after === textOf(prompt);
  return { ...prompt, line, hint: isSameText ? prompt.hint : null };
}

function recalled(prompt: CommandPrompt, back: number, history: readonly string[]): CommandPrompt {
  if (back < 0 || back > history.length) return prompt;
  const draft = prompt.back === 0 ? textOf(prompt) : prompt.draft;
  return { ...prompt, line: { before: back === 0 ? draft : (history.at(-back) ?? ''), after: '' }, back, draft, hint: null };
}

/** Completes what stands before the cursor as far as it is certain; shows the choices where it is not. */
function completed(prompt: CommandPrompt, context: CommandContext): CommandPrompt {
  const { before, after } = prompt.line;
  const [, head = '', part = ''] = /^(.*?)([^\s,=]*)$/su.exec(before) ?? [];
  const options = candidates(before, context).filter((option) => option.startsWith(part));
  const [only, ...others] = options;
  if (only === undefined) return { ...prompt, hint: null };
  if (others.length > 0) {
    return {
      ...prompt,
      line: { before: head + commonStart(options), after },
      hint: { options: options.map((option) => option.trim()) },
    };
  }
  return { ...prompt, line: { before: head + only, after: only.endsWith(' ') ? after.trimStart() : after }, hint: null };
}

/** What can stand at the end of a text, each with the blank or `=` that follows it. */
function candidates(before: string, { vocabulary, nodeIds }: CommandContext): readonly string[] {
  const { words } = vocabulary;
  const tokens = before.trimStart().split(/\s+/u);
  const word = words.find((known) => known.word === tokens[0]);
  if (tokens.length <= 1) return words.map((known) => `${known.word} `);
  if (word === undefined) return [];
  const last = tokens.at(-1) ?? '';
  const keys = keysOf(word, vocabulary);
  const at = last.indexOf('=');
  if (at < 0) {
    const given = tokens.slice(1, -1).map((token) => token.split('=')[0] ?? '');
    const names = word.nodes === 'never' ? [] : nodeIds;
    const free = (name: string): boolean => !given.includes(name);
    return [
      ...names.filter(free).map((name) => `${name} `),
      ...keys
        .map(({ key }) => key)
        .filter(free)
        .map((key) => `${key}=`),
    ];
  }
  const key = keys.find((known) => known.key === last.slice(0, at));
  if (key === undefined) return [];
  return key.words.length > 0 ? key.words.map((value) => `${value} `) : key.value === 'names' ? nodeIds : [];
}

const keysOf = (word: CommandWord, { selectors, modes }: Vocabulary): readonly CommandKey[] =>
  word.nodes === 'never' ? word.keys : [...word.keys, ...selectors, ...modes];

function commonStart(texts: readonly string[]): string {
  const [first = '', ...others] = texts;
  const length = graphemesOf(first).findIndex((_, at) => !others.every((text) => text[at] === first[at]));
  return length < 0 ? first : first.slice(0, length);
}

/** A command with the nodes that it means. */
export interface TargetedCommand {
  readonly text: string;
  /** The column, from 1, of what was put in, and how many characters that is. */
  readonly putInAt: number;
  readonly putIn: number;
}

/** Puts the nodes that keys act on behind the word, where a command needs some and names none. */
export function targeted(text: string, nodeIds: readonly string[], { words, selectors }: Vocabulary): TargetedCommand {
  const [, head = '', rest = ''] = /^(\s*\S*)(.*)$/su.exec(text) ?? [];
  const word = words.find((known) => known.word === head.trim());
  const saysWhom = rest
    .split(/\s+/u)
    .some((token) => (token !== '' && !token.includes('=')) || selectors.some(({ key }) => token.startsWith(`${key}=`)));
  if (word?.nodes !== 'needed' || saysWhom) return { text, putInAt: 1, putIn: 0 };
  const names = nodeIds.map((id) => ` ${id}`).join('');
  return { text: `${head}${names}${rest}`, putInAt: head.length + 1, putIn: names.length };
}

/** The column of what was typed that a column of the command stands for. */
export function typedColumn(column: number, { putInAt, putIn }: Pick<TargetedCommand, 'putInAt' | 'putIn'>): number {
  return column < putInAt ? column : Math.max(putInAt, column - putIn);
}

/** Before the text: the edge and the colon. */
const TEXT_OFFSET = 2;

/**
 * What stands below the prompt: in as many lines as it needs and fit. The rest, if any, is in the last one.
 * @param whom the nodes that are meant where none are named
 */
export function linesBelow(
  prompt: CommandPrompt,
  vocabulary: Vocabulary,
  { columns, rows }: { readonly columns: number; readonly rows: number },
  whom: string,
): readonly string[] {
  let rest = lineBelow(prompt, vocabulary, columns, whom);
  const lines: string[] = [];
  while (rest.length > columns && lines.length < rows - 1) {
    const blank = rest.lastIndexOf(' ', columns);
    // The first character is the edge.
    const end = blank > 0 ? blank : columns;
    lines.push(rest.slice(0, end));
    rest = ` ${rest.slice(end).trimStart()}`;
  }
  return [...lines, rest];
}

function lineBelow(prompt: CommandPrompt, vocabulary: Vocabulary, columns: number, whom: string): string {
  const text = textOf(prompt);
  if (prompt.isAsked) return ' …';
  if (prompt.hint !== null && 'problem' in prompt.hint) {
    return problemLine(prompt.hint.problem, columns, TEXT_OFFSET + text.length < columns - 1);
  }
  if (prompt.hint !== null) return ` ${prompt.hint.options.join('  ')}`;
  const word = vocabulary.words.find((known) => known.word === text.trimStart().split(/\s/u)[0]);
  if (word === undefined) return ' An action, nodes, keys: kill dn-1. Tab completes, Up recalls, Esc closes';
  const keys = word.keys
    .toSorted((a, b) => hintRank(a) - hintRank(b))
    .map(({ key, value, isNeeded }) => (isNeeded ? `${key}=${value}` : `[${key}=${value}]`))
    .join(' ');
  const on = word.nodes === 'needed' && whom !== '' ? ` (else ${whom})` : '';
  return ` ${word.nodes === 'never' ? '' : `[nodes]${on} `}${keys === '' ? word.help : keys}`;
}

/** What is needed and for how long come first, who is on the other side last. */
function hintRank({ key, isNeeded }: CommandKey): number {
  if (isNeeded) return 0;
  if (key === 'duration') return 1;
  return key.startsWith('target-') ? 3 : 2;
}

/** `^` under the place, and the message beside it, on whichever side it fits. */
function problemLine({ column, message }: CommandProblem, columns: number, isWholeInSight: boolean): string {
  const at = TEXT_OFFSET + column - 1;
  if (isWholeInSight && at + 2 + message.length <= columns) return `${' '.repeat(at)}^ ${message}`;
  if (isWholeInSight && message.length + 1 <= at && at < columns) return `${message.padStart(at - 1)} ^`;
  return ` ${column}: ${message}`;
}
