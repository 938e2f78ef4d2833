/** Reads a fault as a person types it: `delay dn-1 delay=50ms jitter=10ms direction=to target=m-1,m-2 duration=10s`. */
import { CLOCK_ACTIONS, CPU_ACTIONS, IO_ACTIONS, NETWORK_ACTIONS, NODE_ACTIONS } from '../faults.js';
import type { CommandProblem } from '../types.js';
import { readLiveStep } from './live-step.js';
import type { ScenarioCluster, Step } from './scenario.js';
import type { Scope } from './step-schema.js';
import { suggest } from './suggest.js';

/** Longer than any command that makes sense. */
const LENGTH_MAX = 2_000;
const SELECTOR_KEYS = ['name', 'role', 'rack', 'state', 'is', 'holds', 'in-pipeline'];
const TARGET_KEYS: Readonly<Record<string, string>> = {
  target: 'name',
  'target-role': 'role',
  'target-rack': 'rack',
  'target-is': 'is',
};
const WORDS = [...NODE_ACTIONS, ...CPU_ACTIONS, ...NETWORK_ACTIONS, ...IO_ACTIONS, ...CLOCK_ACTIONS] as const;

interface Token {
  readonly text: string;
  /** From 1. */
  readonly column: number;
}

type Answer = { readonly step: Step } | { readonly problems: readonly CommandProblem[] };

const isIn = (words: readonly string[], word: string): boolean => words.includes(word);
const failed = (column: number, message: string): Answer => ({ problems: [{ column, message }] });

function placeOf(word: string): { readonly scope: Scope; readonly action: string } | undefined {
  if (word === 'slow-cpu') return { scope: 'node', action: 'slow' };
  if (isIn(NODE_ACTIONS, word)) return { scope: 'node', action: word };
  if (isIn(NETWORK_ACTIONS, word)) return { scope: 'network', action: word };
  if (isIn(IO_ACTIONS, word)) return { scope: 'io', action: word };
  return isIn(CLOCK_ACTIONS, word) ? { scope: 'clock', action: word } : undefined;
}

/** The text of the step, piece by piece, with the place in the command that each piece comes from. */
class Pieces {
  #text = '';
  readonly #places: { readonly from: number; readonly column: number }[] = [];

  add(text: string, column: number): this {
    this.#places.push({ from: this.#text.length, column });
    this.#text += text;
    return this;
  }

  get text(): string {
    return this.#text;
  }

  columnAt(offset: number): number {
    return this.#places.findLast(({ from }) => from <= offset)?.column ?? 1;
  }
}

const scalar = (text: string): string => (/^(-?\d{1,15}|true)$/.test(text) ? text : JSON.stringify(text));
const value = (key: string, text: string): string => {
  const isList = text.includes(',') && key !== 'holds';
  return isList ? `[${text.split(',').map(scalar).join(', ')}]` : scalar(text);
};
const unquoted = (text: string): string => /^"(.*)"$/.exec(text)?.[1] ?? text;

/**
 * Reads one command. Never throws for anything that can be typed.
 * @param cluster what names exist
 */
export function parseFaultCommand(text: string, cluster: ScenarioCluster): Answer {
  if (text.length > LENGTH_MAX) return failed(LENGTH_MAX, `a command has at most ${LENGTH_MAX} characters`);
  const tokens: Token[] = Array.from(text.matchAll(/(?:[^\s"]|"[^"]*")+/g), (match) => ({
    text: match[0],
    column: match.index + 1,
  }));
  const [head, ...rest] = tokens;
  if (head === undefined) return failed(1, `say what to do: ${WORDS.join(', ')}`);
  const place = placeOf(head.text);
  if (place === undefined) {
    const meant = suggest(head.text, WORDS);
    return failed(head.column, `unknown action "${head.text}"${meant === undefined ? '' : `: did you mean "${meant}"?`}`);
  }
  const groups = { step: [] as string[][], action: [] as string[][], selector: [] as string[][], target: [] as string[][] };
  const columns = new Map<string[], number>();
  const put = (group: keyof typeof groups, key: string, written: string, column: number): void => {
    const entry = [key, written];
    groups[group].push(entry);
    columns.set(entry, column);
  };
  const names = rest.filter((token) => !token.text.includes('='));
  if (names[0] !== undefined) put('selector', 'name', names.map((token) => token.text).join(','), names[0].column);
  const seen = new Set<string>();
  for (const token of rest.filter(({ text: one }) => one.includes('='))) {
    const at = token.text.indexOf('=');
    const key = token.text.slice(0, at);
    const written = unquoted(token.text.slice(at + 1));
    if (seen.has(key)) return failed(token.column, `"${key}" stands twice`);
    if (written === '') return failed(token.column + at + 1, `"${key}" has no value`);
    seen.add(key);
    const targetKey = place.scope === 'network' && Object.hasOwn(TARGET_KEYS, key) ? TARGET_KEYS[key] : undefined;
    if (key === 'duration') put('step', key, written, token.column);
    else if (targetKey !== undefined) put('target', targetKey, written, token.column);
    else put(isIn(SELECTOR_KEYS, key) ? 'selector' : 'action', key, written, token.column);
  }
  const pieces = new Pieces();
  const entries = (list: readonly string[][]): void => {
    for (const entry of list) {
      const [key = '', written = ''] = entry;
      pieces.add(`, ${JSON.stringify(key)}: ${value(key, written)}`, columns.get(entry) ?? head.column);
    }
  };
  const mapping = (key: string, list: readonly string[][]): void => {
    if (list.length === 0) return;
    pieces.add(`, ${JSON.stringify(key)}: {`, columns.get(list[0] ?? []) ?? head.column);
    for (const [index, entry] of list.entries()) {
      const [name = '', written = ''] = entry;
      pieces.add(`${index === 0 ? '' : ', '}${JSON.stringify(name)}: ${value(name, written)}`, columns.get(entry) ?? head.column);
    }
    pieces.add('}', head.column);
  };
  pieces.add(`"${place.scope}": {"action": "${place.action}"`, head.column);
  entries(groups.action);
  mapping('selector', groups.selector);
  mapping('target', groups.target);
  pieces.add('}', head.column);
  entries(groups.step);
  const read = readLiveStep(pieces.text, cluster);
  if ('step' in read) return read;
  return { problems: read.problems.map(({ offset, message }) => ({ column: pieces.columnAt(offset), message })) };
}
