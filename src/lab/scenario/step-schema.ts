/** The JSON Schema of an entry of `steps`, from the words in faults.ts. */
import { CLOCK_ACTIONS, IO_ACTIONS, NETWORK_ACTIONS, NODE_ACTIONS, PARTITION_SHAPES } from '../../supervisor/api/fault.js';
import type { FaultWord } from '../../supervisor/api/fault.js';
import { CONDITION_PATTERN } from './expression.js';
import {
  actionRules,
  formatted,
  freeWord,
  integer,
  later,
  list,
  mapping,
  oneOrMore,
  when,
  without,
  word,
} from './schema-parts.js';
import type { Schema } from './schema-parts.js';

export const SCOPES = ['node', 'network', 'io', 'clock'] as const;
export type Scope = (typeof SCOPES)[number];

/** Of a node's CPU; `slow` of its disk stands under `io`. */
export const SLOW_NODE = 'slow';

/** What stands as `action` under each key of a step. */
export const ACTIONS = {
  node: [...NODE_ACTIONS, SLOW_NODE],
  network: NETWORK_ACTIONS,
  io: IO_ACTIONS,
  clock: CLOCK_ACTIONS,
} as const satisfies Record<Scope, readonly string[]>;

/** Where an action stands in a step. */
export interface ActionPlace {
  readonly scope: Scope;
  readonly action: string;
}

/** Every word that says by itself what is done, and how a step of a scenario says it. */
export const COMMANDS = Object.fromEntries([
  ...SCOPES.flatMap((scope) =>
    ACTIONS[scope].filter((action) => scope !== 'node' || action !== SLOW_NODE).map((action) => [action, { scope, action }]),
  ),
  ['slow-cpu', { scope: 'node', action: SLOW_NODE }],
]) as Readonly<Record<FaultWord, ActionPlace>>;

/** Undefined for a word that nobody knows. */
export const commandOf = (word: string): ActionPlace | undefined =>
  Object.hasOwn(COMMANDS, word) ? COMMANDS[word as FaultWord] : undefined;

/** Words of other tools for what no fault can be here. */
export const REFUSED_ACTIONS: Readonly<Record<string, string>> = {
  loss: 'a byte stream has no loss, because TCP sends again what was lost: what that does to it is delay, less bandwidth or a stall (use delay, bandwidth, or partition with kind stall). Bytes missing from the middle of a stream are a fault that no network can cause',
};

export const MODES = ['one', 'all', 'fixed', 'percent', 'minority', 'majority'] as const;
export const ROLES = ['master', 'datanode'] as const;
export const STATES = ['live', 'stale', 'dead', 'stopped', 'paused'] as const;
export const PARTS = ['leader', 'follower'] as const;
export const KINDS = ['stall', 'reset'] as const;
export const DIRECTIONS = ['both', 'to', 'from'] as const;
export const DAMAGED_FILES = ['chunk', 'meta', 'log', 'checkpoint'] as const;
export const FAILING_CALLS = ['any', 'read', 'write', 'sync'] as const;
/** They cannot be undone, because there is nothing to undo, or no way to. */
export const CURES = ['restart', 'resume', 'heal'] as const;
export const DAMAGES = ['bitflip', 'truncate', 'remove'] as const;

const CHOICE_SEED_MAX = 0xffff_ffff;
const MODES_WITHOUT_VALUE = MODES.filter((mode) => mode !== 'fixed' && mode !== 'percent');
const STEP_KEYS_HINT = 'it belongs to the step, beside "at"';
const BELONGS_TO_STEP = {
  duration: STEP_KEYS_HINT,
  when: 'it belongs to the step, in place of "at" or beside it',
  timeout: 'it belongs to the step, beside "when"',
  at: 'it belongs to the step, beside "node", "network", "io" or "clock"',
} as const;

export const condition = (what: string): Schema => ({
  type: 'string',
  pattern: CONDITION_PATTERN,
  lab: { what, as: 'condition' },
});

/** Which nodes, as far as names and parts tell. */
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
const TARGETING = {
  selector: selectorRef('selector'),
  mode: word('mode', MODES),
  value: integer('"value"', 1, 1_000),
} as const;

/** @param except actions whose `value` is theirs */
const valueRules = (except: readonly string[]): readonly Schema[] => [
  when('mode', ['fixed', 'percent'], { required: ['value'], lab: { what: 'mode {mode}' } }),
  when('mode', ['percent'], { properties: { value: integer('"value"', 1, 100) } }),
  {
    if: {
      properties: { mode: { enum: MODES_WITHOUT_VALUE }, ...(except.length === 0 ? {} : { action: { not: { enum: except } } }) },
    },
    then: without('value', '"value" goes with mode fixed or percent, not {mode|all}'),
  },
];

/** Words that stand under another key of the step. */
function strangers(scope: Scope): Readonly<Record<string, string>> {
  const others = SCOPES.filter((other) => other !== scope).flatMap((other) =>
    ACTIONS[other].map((action) => [action, `it goes under "${other}", not "${scope}"`] as const),
  );
  return { ...Object.fromEntries(others), 'slow-cpu': 'write "slow" under "node"' };
}

interface ActionOptions {
  /** Keys that some actions have, and which do. */
  readonly users: Readonly<Record<string, readonly string[]>>;
  /** Keys that an action must have. */
  readonly needs: Readonly<Record<string, string>>;
  readonly selectorOptional?: readonly string[];
  /** Actions whose `value` is theirs, and not the mode's. */
  readonly valueWithoutMode?: readonly string[];
  readonly rules?: readonly Schema[];
}

function actionSchema(scope: Scope, properties: Readonly<Record<string, Schema>>, options: ActionOptions): Schema {
  const actions: readonly string[] = ACTIONS[scope];
  const selecting = actions.filter((action) => options.selectorOptional?.includes(action) !== true);
  const needs = Object.entries(options.needs).map(([action, key]) =>
    when('action', [action], { required: [key], lab: { what: `${scope} action ${action}` } }),
  );
  return mapping(
    `"${scope}"`,
    {
      action: word(`${scope} action`, actions, { refused: REFUSED_ACTIONS, hints: strangers(scope) }),
      ...TARGETING,
      ...properties,
    },
    {
      required: ['action'],
      hints: BELONGS_TO_STEP,
      rules: [
        when('action', selecting, { required: ['selector'], lab: { what: `"${scope}"` } }),
        ...actionRules(actions, options.users),
        ...needs,
        ...(options.rules ?? []),
        ...valueRules(options.valueWithoutMode ?? []),
      ],
    },
  );
}

const CUTS = ['partition', 'isolate'];
const ON_LINKS = NETWORK_ACTIONS.filter((action) => action !== 'heal');

const NO_TARGET = '"target" goes with shape group: {shape} divides the chosen nodes among themselves';
const OTHER_SHAPES = PARTITION_SHAPES.filter((shape) => shape !== 'group');

/** `add` chooses nobody: it says how many. */
const ADD_RULES: readonly Schema[] = [
  when('action', ['add'], without('selector', '"add" has no "selector": the nodes are new, and named in turn')),
  when('action', ['add'], without('mode', '"add" has no "mode": "value" says how many nodes')),
];

const ACTION_SCHEMAS = {
  node: actionSchema(
    'node',
    { percent: { ...integer('"percent"', 1, 99), description: 'Of each 100 ms the node does not run.' } },
    {
      users: { percent: [SLOW_NODE] },
      needs: { [SLOW_NODE]: 'percent' },
      selectorOptional: ['add'],
      rules: ADD_RULES,
      valueWithoutMode: ['add'],
    },
  ),
  network: actionSchema(
    'network',
    {
      target: selectorRef('target'),
      direction: word('direction', DIRECTIONS, { hints: { in: 'write "from"', out: 'write "to"' } }),
      kind: word('kind', KINDS),
      shape: {
        ...word('shape', PARTITION_SHAPES),
        description:
          'How a partition divides the chosen nodes. group: from all others. halves: from each other. bridge: one hears both halves. ring: each hears a majority.',
      },
      delay: formatted('"delay"', 'duration'),
      jitter: formatted('"jitter"', 'duration'),
      rate: formatted('"rate"', 'byteRate'),
    },
    {
      users: {
        target: ON_LINKS,
        direction: ON_LINKS,
        kind: CUTS,
        shape: ['partition'],
        delay: ['delay'],
        jitter: ['delay'],
        rate: ['bandwidth'],
      },
      needs: { delay: 'delay', bandwidth: 'rate' },
      selectorOptional: ['heal'],
      rules: [when('shape', OTHER_SHAPES, without('target', NO_TARGET))],
    },
  ),
  io: actionSchema(
    'io',
    {
      target: word('target', DAMAGED_FILES),
      calls: word('calls', FAILING_CALLS),
      percent: integer('"percent"', 1, 100),
      offset: {
        ...formatted('"offset"', 'size'),
        description: 'Of the byte in the file. Left out: chance decides, and with eio every place fails.',
      },
      delay: formatted('"delay"', 'duration'),
      free: formatted('"free"', 'size'),
    },
    {
      users: {
        target: [...DAMAGES, 'eio'],
        calls: ['eio'],
        percent: ['eio'],
        offset: ['bitflip', 'truncate', 'eio'],
        delay: ['slow'],
        free: ['fill'],
      },
      needs: { slow: 'delay', fill: 'free' },
      rules: [when('calls', ['sync'], without('offset', '"offset" is of reads and writes: calls {calls} have none'))],
    },
  ),
  clock: actionSchema(
    'clock',
    { by: formatted('"by"', 'offset'), ppm: integer('"ppm"', -500_000, 500_000) },
    { users: { by: ['jump', 'skew'], ppm: ['drift'] }, needs: { jump: 'by', skew: 'by', drift: 'ppm' } },
  ),
} as const satisfies Record<Scope, Schema>;

function withoutStepKey(scope: Scope, action: string, key: 'duration' | 'when', reason: string): Schema {
  const isIt = { properties: { [scope]: when('action', [action], {}).if }, required: [scope] };
  return { if: isIt, then: without(key, `"${key}" of ${action}: ${reason}`) };
}

const withoutDuration = (scope: Scope, action: string, reason: string): Schema =>
  withoutStepKey(scope, action, 'duration', reason);

const STEP_RULES: readonly Schema[] = [
  {
    oneOf: SCOPES.map((scope) => ({ required: [scope] })),
    lab: {
      messages: {
        none: 'a step needs "node", "network", "io" or "clock"',
        many: 'a step does one thing: "node", "network", "io" or "clock", not several of them',
      },
    },
  },
  { anyOf: [{ required: ['at'] }, { required: ['when'] }], lab: { messages: { none: 'a step needs "at" or "when"' } } },
  { if: { not: { required: ['when'] } }, then: without('timeout', '"timeout" goes with "when"') },
  ...CURES.map((action) => withoutDuration(action === 'heal' ? 'network' : 'node', action, 'there is nothing to undo')),
  withoutStepKey('node', 'add', 'duration', 'a node that was added stays'),
  withoutStepKey('node', 'add', 'when', 'the plan names the new nodes, and so it needs their time: give "at"'),
  ...DAMAGES.map((action) => withoutDuration('io', action, 'damage is not undone')),
];

const STEP = mapping(
  'a step',
  {
    at: {
      ...formatted('"at"', 'duration'),
      description: 'When, since the workload began. With "when": from then on the step waits.',
    },
    when: { ...condition('"when"'), description: 'What the step waits for, as in "under_replicated > 0".' },
    timeout: {
      ...formatted('"timeout"', 'duration'),
      description: 'How long "when" waits. Left out: to the end of the scenario.',
    },
    duration: { ...formatted('"duration" of a step', 'duration'), description: 'The fault is undone after this.' },
    choiceSeed: {
      ...integer('"choiceSeed"', 0, CHOICE_SEED_MAX),
      description: 'Seed of the choices of this step. Written by the lab.',
    },
    lot: { ...integer('"lot"', 0, CHOICE_SEED_MAX), description: 'Former name of "choiceSeed". Still read.' },
    source: { ...word('source', ['nemesis']), description: 'The nemesis made this step. Written by the lab.' },
    ...ACTION_SCHEMAS,
  },
  { rules: STEP_RULES },
);

/** @param maxItems so many steps are read at most */
export const stepsSchema = (maxItems: number): Schema => list('"steps"', STEP, { maxItems });
