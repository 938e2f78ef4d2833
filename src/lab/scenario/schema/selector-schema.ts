/** The JSON Schema of selectors: which nodes a step means, and how many of them. */
import { formatted, freeWord, integer, later, mapping, oneOrMore, when, without, word } from './schema-parts.js';
import type { Schema } from './schema-parts.js';

export const MODES = ['one', 'all', 'fixed', 'percent', 'minority', 'majority'] as const;
export const ROLES = ['master', 'datanode'] as const;
export const STATES = ['live', 'stale', 'dead', 'stopped', 'paused'] as const;
export const PARTS = ['leader', 'follower'] as const;

const MODES_WITHOUT_VALUE = MODES.filter((mode) => mode !== 'fixed' && mode !== 'percent');

/** Which nodes, as far as names and parts determine them. */
const STATIC_KEYS = {
  name: oneOrMore('node', freeWord('node')),
  role: oneOrMore('role', word('role', ROLES, { later: later('client') })),
  rack: oneOrMore('rack', freeWord('rack')),
  is: word('is', PARTS),
} as const satisfies Record<string, Schema>;

const ALL_KEYS = {
  ...STATIC_KEYS,
  state: oneOrMore('state', word('state', STATES, { later: later('starting') })),
  holds: formatted('"holds"', 'path'),
  'in-pipeline': { const: true, lab: { what: '"in-pipeline"', as: 'yes' } },
} as const satisfies Record<string, Schema>;

export const SELECTOR_KEYS = Object.keys(ALL_KEYS);

function selectorOf(what: string, keys: Readonly<Record<string, Schema>>): Schema {
  const messages = { minProperties: `${what} is empty: give at least one of ${Object.keys(keys).join(', ')}` };
  const others = SELECTOR_KEYS.filter((key) => !(key in keys));
  return { ...mapping(what, keys, { messages, later: later(...others) }), minProperties: 1 };
}

/** Stand once in the schema, under `definitions`. */
export const SELECTORS = {
  selector: selectorOf('"selector"', ALL_KEYS),
  /** The other side of links. */
  target: selectorOf('"target"', ALL_KEYS),
  /** Of a nemesis, which does not look at what nodes do. */
  staticSelector: selectorOf('"selector"', STATIC_KEYS),
} as const satisfies Record<string, Schema>;

export const selectorRef = (name: keyof typeof SELECTORS): Schema => ({ $ref: `#/definitions/${name}` });

/** To how many of the matching nodes. */
export const TARGETING = {
  selector: selectorRef('selector'),
  mode: word('mode', MODES),
  value: integer('"value"', 1, 1_000),
} as const;

/** @param except actions whose `value` is theirs */
export const valueRules = (except: readonly string[]): readonly Schema[] => [
  when('mode', ['fixed', 'percent'], { required: ['value'], lab: { what: 'mode {mode}' } }),
  when('mode', ['percent'], { properties: { value: integer('"value"', 1, 100) } }),
  {
    if: {
      properties: { mode: { enum: MODES_WITHOUT_VALUE }, ...(except.length === 0 ? {} : { action: { not: { enum: except } } }) },
    },
    then: without('value', '"value" goes with mode fixed or percent, not {mode|all}'),
  },
];
