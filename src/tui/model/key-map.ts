/** Which key does what: one table for the handler, the footer and the help. */
import { tuiKeyOf } from '../../supervisor/api/fault-table.js';
import type { KeyedWord } from '../../supervisor/api/fault-table.js';
import type { KeyPress } from './key-press.js';

export type Action =
  | KeyedWord
  | 'up'
  | 'down'
  | 'page-up'
  | 'page-down'
  | 'first'
  | 'last'
  | 'mark'
  | 'unmark-all'
  | 'heal-all'
  | 'command'
  | 'transfer'
  | 'put'
  | 'load'
  | 'focus'
  | 'repaint'
  | 'help'
  | 'leave';

export interface Binding {
  readonly action: Action;
  /** Key names (KeyName) and characters. */
  readonly keys: readonly string[];
  /** As shown in footer and help. */
  readonly shown: string;
  /** Empty: the key is explained with the one before. */
  readonly help: string;
  /** The footer's word, and its place in the order in which words are dropped when the line is too short: 1 stays longest. */
  readonly footer?: { readonly word: string; readonly rank: number };
}

/** The keys of a fault, and what they do, as the fault table says. */
function faultBinding(action: KeyedWord, footer?: Binding['footer']): Binding {
  const { keys, help } = tuiKeyOf(action);
  return { action, keys, shown: keys[0] ?? '', help, ...(footer === undefined ? {} : { footer }) };
}

/** In the order of footer and help. */
export const BINDINGS: readonly Binding[] = [
  { action: 'up', keys: ['up', 'k'], shown: 'Up k', help: 'cursor up, or scroll up' },
  { action: 'down', keys: ['down', 'j'], shown: 'Down j', help: 'cursor down, or scroll' },
  { action: 'page-up', keys: ['page-up'], shown: 'PgUp/Dn', help: 'one page up, or down' },
  { action: 'page-down', keys: ['page-down'], shown: 'PgDn', help: '' },
  { action: 'first', keys: ['home', 'g'], shown: 'Home g', help: 'to the top' },
  { action: 'last', keys: ['end', 'G'], shown: 'End G', help: 'to the bottom' },
  { action: 'focus', keys: ['tab'], shown: 'Tab', help: 'switch nodes and chunks', footer: { word: 'chunks', rank: 15 } },
  { action: 'mark', keys: [' '], shown: 'Space', help: 'mark; keys act on marked', footer: { word: 'mark', rank: 13 } },
  { action: 'unmark-all', keys: ['escape'], shown: 'Esc', help: 'unmark all' },
  faultBinding('kill', { word: 'kill', rank: 3 }),
  faultBinding('stop', { word: 'stop', rank: 14 }),
  faultBinding('restart', { word: 'restart', rank: 4 }),
  faultBinding('pause', { word: 'pause', rank: 6 }),
  faultBinding('isolate', { word: 'isolate', rank: 11 }),
  faultBinding('partition', { word: 'partition', rank: 5 }),
  faultBinding('heal', { word: 'heal', rank: 7 }),
  { action: 'heal-all', keys: ['H'], shown: 'H', help: 'end all faults', footer: { word: 'heal all', rank: 12 } },
  faultBinding('powercut'),
  faultBinding('wipe'),
  faultBinding('delay'),
  { action: 'command', keys: [':'], shown: ':', help: 'any fault: delay dn-1 delay=50ms', footer: { word: 'fault', rank: 9 } },
  { action: 'transfer', keys: ['t'], shown: 't', help: 'make it the leader', footer: { word: 'lead', rank: 16 } },
  { action: 'put', keys: ['u'], shown: 'u', help: 'put (upload) a file', footer: { word: 'put', rank: 8 } },
  { action: 'load', keys: ['l'], shown: 'l', help: 'steady load of clients: on, off', footer: { word: 'load', rank: 10 } },
  { action: 'repaint', keys: ['ctrl-l'], shown: 'Ctrl-L', help: 'repaint the screen' },
  { action: 'help', keys: ['?'], shown: '?', help: 'this help; ? or Esc closes it', footer: { word: 'help', rank: 2 } },
  { action: 'leave', keys: ['q', 'ctrl-c'], shown: 'q', help: 'leave the lab (also Ctrl-C)', footer: { word: 'quit', rank: 1 } },
];

const ACTION_BY_KEY: ReadonlyMap<string, Action> = new Map(
  BINDINGS.flatMap((binding) => binding.keys.map((key) => [key, binding.action])),
);

/** What a key press means outside the prompt; null when nothing. */
export function actionOf(press: KeyPress): Action | null {
  return ACTION_BY_KEY.get('char' in press ? press.char : press.key) ?? null;
}

export interface FooterItem {
  readonly shown: string;
  readonly word: string;
}

/** The footer's items that fit in `columns`, each followed by two spaces; the most needed stay. */
export function footerItems(columns: number): readonly FooterItem[] {
  const candidates = BINDINGS.flatMap(({ shown, footer }) => (footer === undefined ? [] : [{ shown, ...footer }]));
  const kept = new Set<string>();
  let used = 1;
  for (const item of [...candidates].sort((a, b) => a.rank - b.rank)) {
    used += item.shown.length + 1 + item.word.length + 2;
    if (used > columns + 2) break;
    kept.add(item.shown);
  }
  return candidates.filter((item) => kept.has(item.shown)).map(({ shown, word }) => ({ shown, word }));
}
