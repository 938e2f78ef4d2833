/**
 * One fault as a person types it: `delay dn-1 delay=50ms target=m-1,m-2 duration=10s`. It becomes the entry of `steps` that a scenario
 * would have, and is checked and read by what checks and reads those: the words, the limits and the messages are the same.
 *
 *   <action> [name …] [key=value …]
 *
 * Lists have commas; names may have blanks instead. `target=m-1` names the other side of links; `target-role=master` selects it. Values may stand in quotes.
 */
import { checkStructure } from './check-structure.js';
import { FieldReader } from './field-reader.js';
import { readStepNow } from './read-step.js';
import type { ScenarioCluster, Step } from './scenario.js';
import { commandOf, COMMANDS, REFUSED_ACTIONS, SELECTOR_KEYS } from './step-schema.js';
import { suggest } from './suggest.js';
import type { Problem, ProblemSink, YamlEntry, YamlNode } from './yaml-source.js';

export interface CommandProblem {
  /** From 1. */
  readonly column: number;
  readonly message: string;
}

export type ParsedCommand = { readonly step: Step } | { readonly problems: readonly CommandProblem[] };

interface Word {
  /** From 0. */
  readonly offset: number;
  readonly text: string;
}

const PROBLEMS_MAX = 20;
const COMMAND_CHARACTERS_MAX = 10_000;
const TARGET_PREFIX = 'target-';
/** They say when a step of a scenario begins. */
const TIMES: readonly string[] = ['at', 'when', 'timeout'];
const OF_STEP: readonly string[] = ['duration', 'choiceSeed', 'lot'];
const LISTS: readonly string[] = ['name', 'role', 'rack', 'state'];
const FLAG = 'in-pipeline';
/** They need nobody to be named. */
const WITHOUT_NODES: readonly string[] = ['heal', 'add'];

class CommandProblems implements ProblemSink {
  readonly #found: CommandProblem[] = [];

  /** From left to right. */
  get list(): readonly CommandProblem[] {
    return this.#found.toSorted((a, b) => a.column - b.column);
  }

  problem(offset: number, message: string): void {
    const { column } = this.placeOf(offset);
    // A second message about the same place is a consequence of the first.
    const isKnown = this.#found.some((known) => known.column === column);
    if (!isKnown && this.#found.length < PROBLEMS_MAX) this.#found.push({ column, message });
  }

  placeOf(offset: number): Omit<Problem, 'message'> {
    return { line: 1, column: offset + 1 };
  }
}

/**
 * Never throws for anything a person can type.
 * @param text the whole command, its action first
 * @param cluster what names exist
 */
export function parseFaultCommand(text: string, cluster: ScenarioCluster): ParsedCommand {
  const problems = new CommandProblems();
  const entry = text.length > COMMAND_CHARACTERS_MAX ? undefined : stepEntry(text, problems);
  if (text.length > COMMAND_CHARACTERS_MAX) problems.problem(0, `a command has ${COMMAND_CHARACTERS_MAX} characters at most`);
  if (entry === undefined || problems.list.length > 0) return { problems: problems.list };
  const reader = new FieldReader(problems);
  checkStructure(scenarioWith(entry), problems);
  const step = problems.list.length > 0 ? undefined : readStepNow(reader, entry, cluster);
  return step === undefined || problems.list.length > 0 ? { problems: problems.list } : { step };
}

/** The entry of `steps` that the words stand for. */
function stepEntry(text: string, problems: CommandProblems): YamlNode | undefined {
  const words = split(text, problems);
  const [first, ...rest] = words ?? [];
  if (words === undefined) return undefined;
  if (first === undefined) {
    problems.problem(0, `say what to do (${Object.keys(COMMANDS).join(', ')})`);
    return undefined;
  }
  const command = commandOf(first.text);
  if (command === undefined) {
    problems.problem(first.offset, unknownAction(first.text));
    return undefined;
  }
  const step = new Map<string, YamlEntry>();
  const action = new Map<string, YamlEntry>([['action', entryOf(first, scalar(first.offset, command.action))]]);
  const selector = new Map<string, YamlEntry>();
  const target = new Map<string, YamlEntry>();
  const places = { step, action, selector, target, isOnLinks: command.scope === 'network' };
  const names = rest.filter(({ text: word }) => !word.includes('=') && word !== FLAG).flatMap(partsOf);
  const firstPair = rest.find(({ text: word }) => word.includes('='));
  const stray = firstPair && names.find(({ offset }) => offset > firstPair.offset);
  if (stray !== undefined) {
    problems.problem(stray.offset, `"${stray.text}" stands after "${firstPair?.text}": names come first, then key=value`);
  }
  const [firstName] = names;
  if (firstName !== undefined) {
    const items = names.map((name) => scalar(name.offset, name.text));
    selector.set('name', entryOf(firstName, listOf(firstName.offset, items)));
  }
  for (const word of rest) {
    if (word.text === FLAG) selector.set(FLAG, entryOf(word, { offset: word.offset, written: 'true', data: true }));
    else if (word.text.includes('=')) takePair(word, places, problems);
  }
  if (selector.size > 0) action.set('selector', mappingEntry(selector));
  else if (!WITHOUT_NODES.includes(command.action)) {
    problems.problem(first.offset, `${first.text} needs nodes: names such as dn-1, or one of ${SELECTOR_KEYS.join('=, ')}=`);
  }
  if (target.size > 0) action.set('target', mappingEntry(target));
  step.set('at', entryOf(first, scalar(first.offset, '0s')));
  step.set(command.scope, entryOf(first, mappingOf(first.offset, action)));
  return mappingOf(first.offset, step);
}

interface Places {
  readonly step: Map<string, YamlEntry>;
  readonly action: Map<string, YamlEntry>;
  readonly selector: Map<string, YamlEntry>;
  readonly target: Map<string, YamlEntry>;
  readonly isOnLinks: boolean;
}

/** Puts a `key=value` where a step has it. */
function takePair(word: Word, places: Places, problems: CommandProblems): void {
  const equals = word.text.indexOf('=');
  const key = word.text.slice(0, equals);
  const value = word.text.slice(equals + 1);
  const valueOffset = word.offset + equals + 1;
  if (key === '' || value === '') {
    problems.problem(word.offset, `"${word.text}" is half a word: write key=value, without spaces`);
    return;
  }
  if (TIMES.includes(key)) {
    problems.problem(word.offset, `a command acts at once, and has no "${key}"`);
    return;
  }
  const [place, name, node] = placeOfPair(key, value, valueOffset, places);
  if (place.has(name)) {
    const other = name === 'name' ? 'names stand in the command already' : 'it stands there already';
    problems.problem(word.offset, `"${key}" stands twice: ${other}`);
    return;
  }
  place.set(name, { keyOffset: word.offset, value: node });
}

function placeOfPair(
  key: string,
  value: string,
  offset: number,
  { step, action, selector, target, isOnLinks }: Places,
): [Map<string, YamlEntry>, string, YamlNode] {
  if (isOnLinks && key.startsWith(TARGET_PREFIX)) {
    const own = key.slice(TARGET_PREFIX.length);
    return [target, own, selecting(own, value, offset)];
  }
  if (isOnLinks && key === 'target') return [target, 'name', selecting('name', value, offset)];
  if (SELECTOR_KEYS.some((known) => known === key)) return [selector, key, selecting(key, value, offset)];
  return [OF_STEP.includes(key) ? step : action, key, plain(value, offset)];
}

function selecting(key: string, value: string, offset: number): YamlNode {
  if (!LISTS.includes(key) || !value.includes(',')) return key === FLAG ? plain(value, offset) : scalar(offset, value);
  return listOf(
    offset,
    partsOf({ offset, text: value }).map((part) => scalar(part.offset, part.text)),
  );
}

/** What stands between commas. */
function partsOf({ offset, text }: Word): Word[] {
  let at = offset;
  return text.split(',').map((part) => {
    const word = { offset: at, text: part };
    at += part.length + 1;
    return word;
  });
}

/** As YAML reads it: whole numbers and `true` are what they look like. */
function plain(value: string, offset: number): YamlNode {
  if (/^[-+]?\d{1,15}$/.test(value)) return { offset, written: value, data: Number(value) };
  return value === 'true' ? { offset, written: value, data: true } : scalar(offset, value);
}

function unknownAction(word: string): string {
  const known = Object.keys(COMMANDS);
  const refusal = Object.hasOwn(REFUSED_ACTIONS, word) ? REFUSED_ACTIONS[word] : undefined;
  if (refusal !== undefined) return `"${word}" is refused: ${refusal}`;
  const meant = suggest(word, known);
  return `unknown action "${word}"${meant === undefined ? ` (use ${known.join(', ')})` : `: did you mean "${meant}"?`}`;
}

/** Words, with quotes taken off; undefined when a quote is not closed, which was reported. */
function split(text: string, problems: CommandProblems): Word[] | undefined {
  const words: Word[] = [];
  let word: { offset: number; text: string } | null = null;
  let quote: { readonly offset: number; readonly mark: string } | null = null;
  for (let offset = 0; offset < text.length; offset += 1) {
    const character = text.charAt(offset);
    if (quote === null && /\s/.test(character)) {
      if (word !== null) words.push(word);
      word = null;
      continue;
    }
    word ??= { offset, text: '' };
    if (quote === null && (character === '"' || character === "'")) quote = { offset, mark: character };
    else if (quote?.mark === character) quote = null;
    else word.text += character;
  }
  if (quote !== null) {
    problems.problem(quote.offset, 'the quote opened here is not closed');
    return undefined;
  }
  return word === null ? words : [...words, word];
}

const scalar = (offset: number, text: string): YamlNode => ({ offset, written: text, data: text });
const entryOf = ({ offset }: Word, value: YamlNode): YamlEntry => ({ keyOffset: offset, value });
const listOf = (offset: number, items: readonly YamlNode[]): YamlNode => ({
  offset,
  written: '',
  data: items.map(({ data }) => data),
  items,
});

function mappingOf(offset: number, entries: ReadonlyMap<string, YamlEntry>): YamlNode {
  const data = Object.create(null) as Record<string, unknown>;
  for (const [key, { value }] of entries) data[key] = value.data;
  return { offset, written: '', data, entries };
}

function mappingEntry(entries: ReadonlyMap<string, YamlEntry>): YamlEntry {
  const keyOffset = Math.min(...[...entries.values()].map((entry) => entry.keyOffset));
  return { keyOffset, value: mappingOf(keyOffset, entries) };
}

/** The smallest scenario with this step: there is one schema, and it is of whole scenarios. */
function scenarioWith(step: YamlNode): YamlNode {
  const text = (value: string): YamlNode => scalar(0, value);
  const at = (value: YamlNode): YamlEntry => ({ keyOffset: 0, value });
  const workload = mappingOf(
    0,
    new Map([
      ['type', at(text('write-verify'))],
      ['size', at(text('1KiB'))],
    ]),
  );
  return mappingOf(
    0,
    new Map([
      ['apiVersion', at(text('lab/v1'))],
      ['kind', at(text('Scenario'))],
      ['workload', at(listOf(0, [workload]))],
      ['duration', at(text('1s'))],
      ['steps', at(listOf(0, [step]))],
    ]),
  );
}
