/** The JSON Schema of an entry of `steps`, from the fault table. */
import { FAULT_WORDS, FAULTS, hasOtherSide, keysOf } from '../../../supervisor/api/fault-table.js';
import type { FaultWord } from '../../../supervisor/api/fault-table.js';
import type { FaultKey, FaultRow } from '../../../supervisor/api/fault-row.js';
import { CONDITION_PATTERN } from '../model/expression.js';
import { actionRules, formatted, integer, mapping, when, without, word } from './schema-parts.js';
import type { Schema } from './schema-parts.js';
import { selectorRef, TARGETING, valueRules } from './selector-schema.js';

/** The keys of a step below which an action stands. */
export const SCOPES = ['node', 'network', 'io', 'clock'] as const;
export type Scope = (typeof SCOPES)[number];

/** Where a word stands in a step. */
export interface ActionPlace {
  readonly scope: Scope;
  readonly action: string;
}

export function placeOf(faultWord: FaultWord): ActionPlace {
  const { scope, action = faultWord } = FAULTS[faultWord];
  return { scope: scope === 'cpu' || scope === 'clone' ? 'node' : scope, action };
}

/** The word of an action; undefined where no such action stands below the scope. */
export const wordAt = (scope: Scope, action: string): FaultWord | undefined =>
  wordsIn(scope).find((one) => placeOf(one).action === action);

const wordsIn = (scope: Scope): readonly FaultWord[] => FAULT_WORDS.filter((one) => placeOf(one).scope === scope);

/** Words of other tools for what no fault can be here. */
export const REFUSED_ACTIONS: Readonly<Record<string, string>> = {
  loss: 'a byte stream has no loss, because TCP sends again what was lost: what that does to it is delay, less bandwidth or a stall (use delay, bandwidth, or partition with kind stall). Bytes missing from the middle of a stream are a fault that no network can cause',
};

const CHOICE_SEED_MAX = 0xffff_ffff;
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

function keySchema(name: string, key: FaultKey): Schema {
  return { ...valueSchema(name, key), ...(key.description === undefined ? {} : { description: key.description }) };
}

function valueSchema(name: string, key: FaultKey): Schema {
  if (key.kind === 'word') return word(name, key.words, key.hints === undefined ? {} : { hints: key.hints });
  return key.kind === 'integer' ? integer(`"${name}"`, key.min, key.max) : formatted(`"${name}"`, key.kind);
}

/** Words that stand under another key of the step. */
function strangers(scope: Scope): Readonly<Record<string, string>> {
  const others = SCOPES.filter((other) => other !== scope).flatMap((other) =>
    wordsIn(other).map((one) => [placeOf(one).action, `it goes under "${other}", not "${scope}"`] as const),
  );
  const renamed = FAULT_WORDS.filter((one) => placeOf(one).action !== one).map(
    (one) => [one, `write "${placeOf(one).action}" under "${placeOf(one).scope}"`] as const,
  );
  return Object.fromEntries([...others, ...renamed]);
}

/** What an action that makes new nodes does not have: it chooses none. */
const newNodesRules = (action: string): readonly Schema[] => [
  when('action', [action], without('selector', `"${action}" has no "selector": the nodes are new, and named in turn`)),
  when('action', [action], without('mode', `"${action}" has no "mode": "value" says how many nodes`)),
];

function actionSchema(scope: Scope): Schema {
  const rows = wordsIn(scope).map((one) => ({ action: placeOf(one).action, row: FAULTS[one] }));
  const actions = rows.map(({ action }) => action);
  const having = (is: (row: FaultRow) => boolean): string[] => rows.filter(({ row }) => is(row)).map(({ action }) => action);
  const linked = having(hasOtherSide);
  const target = linked.length === 0 ? {} : { target: selectorRef('target') };
  // Words that share a key of a scope mean the same by it: a test looks that they do.
  const keys = new Map(rows.flatMap(({ row }) => keysOf(row)));
  const users = [...keys.keys()].map((name) => [name, having((row) => name in row.keys)] as const);
  const needs = rows.flatMap(({ action, row }) =>
    keysOf(row)
      .filter(([, key]) => key.isNeeded)
      .map(([name]) => when('action', [action], { required: [name], lab: { what: `${scope} action ${action}` } })),
  );
  const conflicts = new Set(rows.flatMap(({ row: { conflicts: own = [] } }) => own));
  const making = having(({ nodes }) => nodes === 'new');
  return mapping(
    `"${scope}"`,
    {
      action: word(`${scope} action`, actions, { refused: REFUSED_ACTIONS, hints: strangers(scope) }),
      ...TARGETING,
      ...target,
      ...Object.fromEntries([...keys].map(([name, key]) => [name, keySchema(name, key)])),
    },
    {
      required: ['action'],
      hints: BELONGS_TO_STEP,
      rules: [
        when(
          'action',
          having(({ nodes }) => nodes === 'needed'),
          { required: ['selector'], lab: { what: `"${scope}"` } },
        ),
        ...actionRules(actions, { ...(linked.length === 0 ? {} : { target: linked }), ...Object.fromEntries(users) }),
        ...needs,
        ...making.flatMap(newNodesRules),
        ...[...conflicts].map(({ key, values, without: other, message }) => when(key, values, without(other, message))),
        ...valueRules(making),
      ],
    },
  );
}

function withoutStepKey(faultWord: FaultWord, key: 'duration' | 'when', reason: string): Schema {
  const { scope, action } = placeOf(faultWord);
  const isIt = { properties: { [scope]: when('action', [action], {}).if }, required: [scope] };
  return { if: isIt, then: without(key, `"${key}" of ${action}: ${reason}`) };
}

/** What a word does not have beside its action. */
function stepRulesOf(faultWord: FaultWord): readonly Schema[] {
  const row = FAULTS[faultWord];
  return [
    ...(row.undo === null ? [withoutStepKey(faultWord, 'duration', row.notUndone)] : []),
    ...(row.nodes === 'new'
      ? [withoutStepKey(faultWord, 'when', 'the plan names the new nodes, and so it needs their time: give "at"')]
      : []),
  ];
}

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
  ...FAULT_WORDS.flatMap(stepRulesOf),
];

/** Stands under `definitions`: a step can be checked by itself. */
export const STEP_SCHEMA = mapping(
  'a step',
  {
    at: {
      ...formatted('"at"', 'duration'),
      description: 'Time since the workload began. With "when": the time at which the step begins to wait.',
    },
    when: { ...condition('"when"'), description: 'What the step waits for, as in "under_replicated > 0".' },
    timeout: {
      ...formatted('"timeout"', 'duration'),
      description: 'How long "when" waits. Default: until the end of the scenario.',
    },
    duration: { ...formatted('"duration" of a step', 'duration'), description: 'The fault is undone after this.' },
    choiceSeed: {
      ...integer('"choiceSeed"', 0, CHOICE_SEED_MAX),
      description: 'Seed of the choices of this step. Written by the lab.',
    },
    lot: { ...integer('"lot"', 0, CHOICE_SEED_MAX), description: 'Former name of "choiceSeed". Still read.' },
    source: { ...word('source', ['nemesis']), description: 'The nemesis made this step. Written by the lab.' },
    ...Object.fromEntries(SCOPES.map((scope) => [scope, actionSchema(scope)])),
  },
  { rules: STEP_RULES },
);
