/**
 * One fault as a person types it: `delay dn-1 delay=50ms target=m-1,m-2 duration=10s`. It becomes the entry of `steps` that a scenario
 * would have, and is checked and read as those are: the words, the limits and the messages are the same.
 *
 *   <action> [name …] [key=value …]
 *
 * Lists have commas; names may have blanks instead. `target=m-1` names the other side of links; `target-role=master` selects it. Values may stand in quotes.
 */
import type { CommandProblem } from '../../../supervisor/api/lab-faults.js';
import { FAULT_WORDS, FAULTS, isFaultWord } from '../../../supervisor/api/fault-table.js';
import type { ScenarioCluster, Step } from '../model/scenario.js';
import { SELECTOR_KEYS } from '../schema/selector-schema.js';
import { FLAG, StepBuilder } from './step-builder.js';
import { readStepJson } from './step-json.js';
import { REFUSED_ACTIONS } from '../schema/step-schema.js';
import { suggest } from '../model/suggest.js';

export type ParsedCommand = { readonly step: Step } | { readonly problems: readonly CommandProblem[] };

interface Word {
  /** From 0. */
  readonly offset: number;
  readonly text: string;
}

const PROBLEMS_MAX = 20;
const COMMAND_CHARACTERS_MAX = 10_000;
/** They say when a step of a scenario begins. */
const TIMES: readonly string[] = ['at', 'when', 'timeout'];

class CommandProblems {
  readonly #found: CommandProblem[] = [];

  /** From left to right. */
  get list(): readonly CommandProblem[] {
    return this.#found.toSorted((a, b) => a.column - b.column);
  }

  /** @param offset from 0 */
  add(offset: number, problem: Omit<CommandProblem, 'column'>): void {
    const column = offset + 1;
    // A second message about the same place is a consequence of the first.
    const isKnown = this.#found.some((known) => known.column === column);
    if (!isKnown && this.#found.length < PROBLEMS_MAX) this.#found.push({ ...problem, column });
  }

  say(offset: number, message: string): void {
    this.add(offset, { message });
  }
}

/**
 * Never throws for anything a person can type.
 * @param text the whole command, its action first
 * @param cluster what names exist
 */
export function parseFaultCommand(text: string, cluster: ScenarioCluster): ParsedCommand {
  const problems = new CommandProblems();
  const builder = text.length > COMMAND_CHARACTERS_MAX ? undefined : builderOf(text, problems);
  if (text.length > COMMAND_CHARACTERS_MAX) problems.say(0, `a command has ${COMMAND_CHARACTERS_MAX} characters at most`);
  if (builder === undefined || problems.list.length > 0) return { problems: problems.list };
  const read = readStepJson(builder.step, cluster);
  if ('step' in read) return read;
  for (const problem of read.problems) problems.add(builder.refOf(problem) ?? 0, problem);
  return { problems: problems.list };
}

/** The step that the words stand for, with the offset of each value. */
function builderOf(text: string, problems: CommandProblems): StepBuilder<number> | undefined {
  const words = split(text, problems);
  const [first, ...rest] = words ?? [];
  if (words === undefined) return undefined;
  if (first === undefined) {
    problems.say(0, `say what to do (${FAULT_WORDS.join(', ')})`);
    return undefined;
  }
  if (!isFaultWord(first.text)) {
    problems.say(first.offset, unknownAction(first.text));
    return undefined;
  }
  const builder = new StepBuilder(first.text, first.offset);
  const names = rest.filter(({ text: word }) => !word.includes('=') && word !== FLAG).flatMap(partsOf);
  const firstPair = rest.find(({ text: word }) => word.includes('='));
  const stray = firstPair && names.find(({ offset }) => offset > firstPair.offset);
  if (stray !== undefined) {
    problems.say(stray.offset, `"${stray.text}" stands after "${firstPair?.text}": names come first, then key=value`);
  }
  for (const { text: name, offset } of names) builder.addName(name, offset);
  for (const word of rest) {
    if (word.text === FLAG) builder.addPair(FLAG, 'true', { key: word.offset, value: () => word.offset });
    else if (word.text.includes('=')) addPair(builder, word, problems);
  }
  if (!builder.hasSelector && FAULTS[first.text].nodes === 'needed') {
    problems.say(first.offset, `${first.text} needs nodes: names such as dn-1, or one of ${SELECTOR_KEYS.join('=, ')}=`);
  }
  return builder;
}

function addPair(builder: StepBuilder<number>, { text, offset }: Word, problems: CommandProblems): void {
  const equals = text.indexOf('=');
  const key = text.slice(0, equals);
  const value = text.slice(equals + 1);
  if (key === '' || value === '') {
    problems.say(offset, `"${text}" is half a word: write key=value, without spaces`);
  } else if (TIMES.includes(key)) {
    problems.say(offset, `a command acts at once, and has no "${key}"`);
  } else if (!builder.addPair(key, value, { key: offset, value: (at) => offset + equals + 1 + at })) {
    const other = key === 'name' ? 'names stand in the command already' : 'it stands there already';
    problems.say(offset, `"${key}" stands twice: ${other}`);
  }
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

function unknownAction(word: string): string {
  const known = FAULT_WORDS;
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
    problems.say(quote.offset, 'the quote opened here is not closed');
    return undefined;
  }
  return word === null ? words : [...words, word];
}
