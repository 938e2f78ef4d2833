/**
 * Options of a `lab` command to the command that the lab is given, and what the lab finds wrong with that back to the options: people
 * are told about what they typed. Pure.
 *
 *   kill dn-1 --for 5 ─► kill dn-1 duration=5 ─► column 20 ─► --for 5: …
 */
import { MODE_KEYS, SELECTOR_KEYS } from '../../lab/scenario/command-words.js';
import type { CommandKey, CommandProblem, CommandWord } from '../../supervisor/api/lab-faults.js';

/** Values of options, by their name. */
export type Flags = Readonly<Record<string, string | boolean | undefined>>;

/** Options that name the other side of links and the direction at once. */
export const SIDES = { to: 'what the nodes send to these', from: 'what the nodes are sent by these' } as const;

/** A word of the command. */
export interface Part {
  readonly text: string;
  /** The key, where it has one. */
  readonly key?: string;
  /** The option that it stands for, as typed: `--for 5`. */
  readonly typed?: string;
}

/** The keys that a word has as options. */
export const keysOf = (word: CommandWord): readonly CommandKey[] =>
  word.nodes === 'never' ? word.keys : [...word.keys, ...SELECTOR_KEYS, ...MODE_KEYS];

/** Tells whether it acts on links, which have another side. */
export const hasSides = (word: CommandWord): boolean => word.keys.some(({ key }) => key === 'target-role');

/** The option that stands for a key. */
export const flagOf = (key: string): string => (key === 'duration' ? 'for' : key);

/** The command that the options ask for, in words; or what is wrong with the options. */
export function faultCommand(
  word: CommandWord,
  names: readonly string[],
  flags: Flags,
): { readonly parts: readonly Part[] } | { readonly problem: string } {
  const given = (key: string): string | undefined => {
    const value = flags[camelCase(flagOf(key))];
    return value === undefined || value === false ? undefined : String(value);
  };
  const problem = problemOf(word, names, given);
  if (problem !== undefined) return { problem };
  const pairs = keysOf(word).flatMap(({ key }) => {
    const value = given(key);
    return value === undefined ? [] : [pair(key, value, `--${flagOf(key)} ${value}`)];
  });
  const sides = Object.keys(SIDES).flatMap((side) => {
    const value = hasSides(word) ? given(side) : undefined;
    if (value === undefined) return [];
    return [pair('direction', side, `--${side}`), pair('target', value, `--${side} ${value}`)];
  });
  return { parts: [{ text: word.word }, ...names.map((text) => ({ text })), ...pairs, ...sides] };
}

/** The command as the lab reads it. */
export const textOf = (parts: readonly Part[]): string => parts.map(({ text }) => text).join(' ');

/** What the lab found wrong, told of the options in place of columns. */
export function refusalText(parts: readonly Part[], problems: readonly CommandProblem[]): string {
  return problems.map((problem) => told(partAt(parts, problem.column), problem.message)).join('; ');
}

/** @param given the value of the option for a key; undefined where it was not given */
function problemOf(word: CommandWord, names: readonly string[], given: (key: string) => string | undefined): string | undefined {
  if (word.nodes === 'needed' && names.length === 0 && !SELECTOR_KEYS.some(({ key }) => given(key) !== undefined)) {
    return `${word.word} whom? Name nodes, or say which with --role, --rack, --state, --is, --holds or --in-pipeline`;
  }
  const missing = word.keys.find(({ key, isNeeded }) => isNeeded && given(key) === undefined);
  if (missing !== undefined) return `${word.word} needs --${missing.key} <${missing.value}>: ${missing.help}`;
  return hasSides(word) ? sidesProblem(given) : undefined;
}

function sidesProblem(given: (key: string) => string | undefined): string | undefined {
  const [side, other] = Object.keys(SIDES).filter((key) => given(key) !== undefined);
  if (side === undefined) return undefined;
  if (other !== undefined) {
    return `--${side} and --${other} do not go together: for both ways take --target <names>, or give a command for each`;
  }
  if (given('direction') !== undefined) return `--${side} says the direction already: leave --direction out`;
  return given('target') === undefined ? undefined : `--${side} names the other side already: leave --target out`;
}

function partAt(parts: readonly Part[], column: number): Part | undefined {
  let end = 0;
  return parts.find(({ text }) => {
    end += text.length + 1;
    return column <= end;
  });
}

function told(part: Part | undefined, message: string): string {
  if (part?.key === undefined || part.typed === undefined) return message;
  // The key says what the option says.
  return `${part.typed}: ${message.replace(new RegExp(`^"${part.key}"(?: of a step)?: `), '')}`;
}

function pair(key: string, value: string, typed: string): Part {
  return { key, typed, text: `${key}=${/[\s"]/.test(value) ? `"${value.replaceAll('"', '')}"` : value}` };
}

const camelCase = (key: string): string => key.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
