/**
 * What can be typed on a running lab, in one table: words, their keys, and what each is for. Which keys a word has is asked of the
 * scenario's schema, so that commands and files cannot drift apart; only the explanations stand here.
 */
import { CLOCK_ACTIONS, CPU_ACTIONS, IO_ACTIONS, isLasting, NETWORK_ACTIONS, NODE_ACTIONS } from '../../supervisor/api/fault.js';
import type { FaultWord, PlannedAction } from '../../supervisor/api/fault.js';
import { SCENARIO_SCHEMA } from './scenario-schema.js';
import type { Schema } from './schema-parts.js';
import { MODES, PARTS, ROLES, STATES } from './step-schema.js';
import type { CommandKey, CommandWord } from '../../supervisor/api/lab-faults.js';

const HELP: Readonly<Record<FaultWord, string>> = {
  kill: 'end nodes at once (SIGKILL)',
  powercut: 'cut the power: what was not fsynced is lost or torn, links freeze',
  stop: 'stop nodes gracefully (SIGTERM)',
  restart: 'start nodes again, on their data and addresses',
  pause: 'freeze nodes: they are there and say nothing',
  resume: 'let paused nodes go on',
  wipe: 'kill nodes and empty their disks',
  add: 'start datanodes that the cluster does not have yet',
  'slow-cpu': 'take a part of the CPU time away from nodes',
  partition: 'cut a group off from the rest',
  isolate: 'cut each node off from everyone',
  delay: 'make bytes on links arrive later',
  bandwidth: 'make links narrow',
  reset: 'break connections, and refuse new ones',
  refuse: 'refuse new connections; those that are open go on',
  heal: 'end faults: all, or those of the nodes',
  bitflip: 'flip a bit of a file on disk',
  truncate: 'cut a file on disk off',
  remove: 'remove a file on disk',
  eio: 'let disk calls fail with EIO',
  enospc: 'let disks be full',
  slow: 'make disk calls take longer',
  fill: 'leave so much room on disks, and no more',
  jump: 'move the wall clock by an amount',
  skew: 'set how far the wall clock is ahead or behind',
  drift: 'let the wall clock run fast or slow',
};

const KEY_HELP: Readonly<Record<string, string>> = {
  by: 'how far: 1h, -5s',
  calls: 'which calls fail',
  delay: 'how much later: 50ms',
  direction: 'to: only what the nodes send; from: only what they are sent',
  file: 'which file: chunk, meta, log, checkpoint',
  free: 'how much room is left: 0, 64MiB',
  jitter: 'and up to so much more, by chance',
  kind: 'stall holds bytes in silence; reset breaks connections',
  offset: 'of the byte in the file; left out: by chance',
  percent: 'how much of it, 1 to 100',
  ppm: 'millionths: 1000 gains a millisecond a second',
  rate: 'bytes a second: 1MiB/s',
  shape: 'how the nodes are divided: a group apart, halves, a bridge, a ring',
  target: 'which file',
  value: 'how many; left out: one',
};

/** What stands for a value of a kind. */
const PLACEHOLDERS: Readonly<Record<string, string>> = {
  byteRate: 'rate',
  duration: 'time',
  integer: 'n',
  offset: 'time',
  size: 'size',
};

/** Which nodes, and how many of them: keys of every word that asks for nodes. */
export const SELECTOR_KEYS: readonly CommandKey[] = [
  { key: 'name', value: 'names', words: [], help: 'nodes by name, as without the key', isNeeded: false },
  { key: 'role', value: ROLES.join('|'), words: ROLES, help: 'nodes by role', isNeeded: false },
  { key: 'rack', value: 'names', words: [], help: 'nodes by rack', isNeeded: false },
  { key: 'state', value: STATES.join('|'), words: STATES, help: 'nodes by state', isNeeded: false },
  { key: 'is', value: PARTS.join('|'), words: PARTS, help: 'masters by part in the group', isNeeded: false },
  { key: 'holds', value: 'path', words: [], help: 'datanodes with a replica of this file', isNeeded: false },
  { key: 'in-pipeline', value: 'true', words: ['true'], help: 'datanodes that are writing a chunk now', isNeeded: false },
];
/** The other side of links. */
const TARGET_KEYS: readonly CommandKey[] = [
  { key: 'target', value: 'names', words: [], help: 'the other side of the links; left out: everybody', isNeeded: false },
  ...SELECTOR_KEYS.filter(({ key }) => key !== 'name').map((own) => ({
    ...own,
    key: `target-${own.key}`,
    help: `the other side: ${own.help}`,
  })),
];
export const MODE_KEYS: readonly CommandKey[] = [
  { key: 'mode', value: MODES.join('|'), words: MODES, help: 'how many of them; left out: all', isNeeded: false },
  { key: 'value', value: 'n', words: [], help: 'how many with mode fixed, or percent', isNeeded: false },
];

const DURATION_KEY: CommandKey = {
  key: 'duration',
  value: 'time',
  words: [],
  help: 'undone after this: 10s',
  isNeeded: false,
};

const SCOPE_OF: readonly (readonly [scope: string, words: readonly FaultWord[]])[] = [
  ['node', [...NODE_ACTIONS, ...CPU_ACTIONS]],
  ['network', NETWORK_ACTIONS],
  ['io', IO_ACTIONS],
  ['clock', CLOCK_ACTIONS],
];
/** Of the mapping, and not of a fault of its own: SELECTOR_KEYS and MODE_KEYS are for every word that strikes nodes. */
const COMMON_KEYS: readonly string[] = ['action', 'selector', 'mode', 'value'];
/** Taken back after a duration, though they do not last by themselves. */
const UNDONE: readonly FaultWord[] = ['kill', 'powercut', 'stop', 'wipe', 'pause'];

const child = (schema: Schema | undefined, ...path: readonly string[]): Schema | undefined =>
  // Our own schema: every step is a mapping.
  path.reduce<Schema | undefined>((at, key) => at?.[key] as Schema | undefined, schema);

/** Tells whether one of the rules, each for some actions, has something to say about an action. */
function hasRule(scope: Schema, action: string, says: (then: Schema) => boolean): boolean {
  const rules = (scope['allOf'] as readonly Schema[] | undefined) ?? [];
  return rules.some((rule) => {
    const actions = child(rule, 'if', 'properties', 'action')?.['enum'] as readonly string[] | undefined;
    const then = child(rule, 'then');
    return actions?.includes(action) === true && then !== undefined && says(then);
  });
}

function wordOf(scope: Schema, isOnLinks: boolean, word: FaultWord): CommandWord {
  const action = word === 'slow-cpu' ? 'slow' : word;
  const requires = (key: string): boolean =>
    hasRule(scope, action, (then) => (then['required'] as readonly string[] | undefined)?.includes(key) === true);
  // Refused whatever its value; where one value only is refused, the key stays.
  const isRefused = (key: string): boolean =>
    hasRule(scope, action, (then) => {
      const not = child(then, 'properties', key, 'not');
      return not !== undefined && Object.keys(not).length === 0;
    });
  const keys = Object.entries((scope['properties'] as Readonly<Record<string, Schema>> | undefined) ?? {})
    .filter(([key]) => !isRefused(key) && (!COMMON_KEYS.includes(key) || (key === 'value' && word === 'add')))
    .flatMap(([key, schema]): readonly CommandKey[] => {
      if (isOnLinks && key === 'target') return TARGET_KEYS;
      const words = (schema['enum'] as readonly string[] | undefined) ?? [];
      const value = words.length > 0 ? words.join('|') : (PLACEHOLDERS[schema.lab?.as ?? ''] ?? 'value');
      return [{ key, value, words, help: KEY_HELP[key] ?? key, isNeeded: requires(key) }];
    });
  // Only its word decides whether a fault lasts.
  const isTimed = UNDONE.includes(word) || isLasting({ action: word } as PlannedAction);
  return {
    word,
    help: HELP[word],
    nodes: word === 'add' ? 'never' : word === 'heal' ? 'optional' : 'needed',
    keys: [...keys.sort((a, b) => Number(b.isNeeded) - Number(a.isNeeded)), ...(isTimed ? [DURATION_KEY] : [])],
  };
}

/** Every word, in the order of faults.ts. */
export const COMMAND_WORDS: readonly CommandWord[] = SCOPE_OF.flatMap(([scope, words]) => {
  const schema = child(SCENARIO_SCHEMA, 'properties', 'steps', 'items', 'properties', scope) ?? {};
  return words.map((word) => wordOf(schema, scope === 'network', word));
});
