/**
 * The fault table: one row for each word that says what can be done to a cluster. A new fault is its row, its effect on real and simulated
 * nodes, and the proof of that effect.
 */
import { CLOCK_FAULTS } from './clock-faults.js';
import { DISK_FAULTS } from './disk-faults.js';
import type { FaultKey, FaultRow, FaultScope, FieldsOf, TuiKey } from './fault-row.js';
import { NETWORK_FAULTS } from './network-faults.js';
import { CLONE_FAULTS, CPU_FAULTS, NODE_FAULTS } from './node-faults.js';

const TABLE = { ...NODE_FAULTS, ...CPU_FAULTS, ...CLONE_FAULTS, ...NETWORK_FAULTS, ...DISK_FAULTS, ...CLOCK_FAULTS } as const;

type Table = typeof TABLE;
export type FaultWord = keyof Table;
/** The words whose fault is taken back as `How` says. */
type WordsUndone<How> = { [Word in FaultWord]: Table[Word]['undo'] extends How ? Word : never }[FaultWord];
/** The words whose faults stay active until they are lifted. */
export type LastingWord = WordsUndone<'lift'>;
export type NodeAction = keyof typeof NODE_FAULTS;
export type CpuAction = keyof typeof CPU_FAULTS;
export type CloneAction = keyof typeof CLONE_FAULTS;
export type NetworkAction = keyof typeof NETWORK_FAULTS;
export type IoAction = keyof typeof DISK_FAULTS;
export type ClockAction = keyof typeof CLOCK_FAULTS;

/** What is done, with the values of its keys. */
export type SpecOf<Word extends FaultWord> = {
  [W in Word]: { readonly action: W } & FieldsOf<Table[W]['keys']>;
}[Word];

/** The words that have a key of their own in the terminal UI. */
export type KeyedWord = { [Word in FaultWord]: Table[Word] extends { readonly tuiKey: TuiKey } ? Word : never }[FaultWord];

/** By word, in the order in which they are shown. */
export const FAULTS: Readonly<Record<FaultWord, FaultRow>> = TABLE;

/** In the order of the table. */
export const FAULT_WORDS = Object.keys(TABLE) as readonly FaultWord[];

export const isFaultWord = (word: string): word is FaultWord => Object.hasOwn(TABLE, word);

/** The row of an action; undefined for the end of a fault (`lift`), and for words of other releases. */
export const rowOf = (action: string): FaultRow | undefined => (isFaultWord(action) ? FAULTS[action] : undefined);

/** Tells whether an action acts in one of these scopes. */
export const actsOn = (action: string, ...scopes: readonly FaultScope[]): boolean => {
  const scope = rowOf(action)?.scope;
  return scope !== undefined && scopes.includes(scope);
};

/** The keys of a row, by their names. */
export const keysOf = ({ keys }: FaultRow): readonly (readonly [name: string, key: FaultKey])[] => Object.entries(keys);

/** Acts on links, which have another side. */
export const hasOtherSide = (row: FaultRow): boolean => row.scope === 'network' && 'direction' in row.keys;

/** The key of the terminal UI that does what a word says. */
export const tuiKeyOf = (word: KeyedWord): TuiKey => TABLE[word].tuiKey;
