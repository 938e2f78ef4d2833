/** What can be typed on a running lab: words and their keys, from the fault table. */
import type { FaultKey } from '../../../supervisor/api/fault-row.js';
import { FAULT_WORDS, FAULTS, hasOtherSide, keysOf } from '../../../supervisor/api/fault-table.js';
import type { FaultWord } from '../../../supervisor/api/fault-table.js';
import type { CommandKey, CommandWord } from '../../../supervisor/api/lab-faults.js';
import { MODES, PARTS, ROLES, STATES } from '../schema/selector-schema.js';
import { FLAG, TARGET_PREFIX } from './step-builder.js';

/** What stands for an amount of a kind. */
const PLACEHOLDERS: Readonly<Record<Exclude<FaultKey['kind'], 'word'>, string>> = {
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
  { key: FLAG, value: 'true', words: ['true'], alone: 'true', help: 'datanodes that are writing a chunk now', isNeeded: false },
];
/** The other side of links. */
const TARGET_KEYS: readonly CommandKey[] = [
  {
    key: 'target',
    value: 'names',
    words: [],
    help: 'the other side of the links (default: all other nodes, and clients)',
    isNeeded: false,
  },
  ...SELECTOR_KEYS.filter(({ key }) => key !== 'name').map((own) => ({
    ...own,
    key: `${TARGET_PREFIX}${own.key}`,
    help: `the other side: ${own.help}`,
  })),
];
export const MODE_KEYS: readonly CommandKey[] = [
  { key: 'mode', value: MODES.join('|'), words: MODES, help: 'how many of them (default: all)', isNeeded: false },
  { key: 'value', value: 'n', words: [], help: 'how many with mode fixed, or percent', isNeeded: false },
];
const COUNT_KEY: CommandKey = { key: 'value', value: 'n', words: [], help: 'how many (default: 1)', isNeeded: false };

const DURATION_KEY: CommandKey = {
  key: 'duration',
  value: 'time',
  words: [],
  help: 'undone after this: 10s',
  isNeeded: false,
};

function commandKey([name, key]: readonly [name: string, key: FaultKey]): CommandKey {
  const words = key.kind === 'word' ? key.words : [];
  const value = key.kind === 'word' ? words.join('|') : PLACEHOLDERS[key.kind];
  const alone = key.kind === 'word' && key.alone !== undefined ? { alone: key.alone } : {};
  return { key: name, value, words, help: key.help, isNeeded: key.isNeeded === true, ...alone };
}

function commandWord(word: FaultWord): CommandWord {
  const row = FAULTS[word];
  const keys = keysOf(row).map(commandKey);
  return {
    word,
    help: row.help,
    nodes: row.nodes === 'new' ? 'never' : row.nodes,
    keys: [
      ...keys,
      ...(row.nodes === 'new' ? [COUNT_KEY] : []),
      ...(hasOtherSide(row) ? TARGET_KEYS : []),
      ...(row.undo === null ? [] : [DURATION_KEY]),
    ],
  };
}

/** Every word, in the order of the fault table. */
export const COMMAND_WORDS: readonly CommandWord[] = FAULT_WORDS.map(commandWord);
