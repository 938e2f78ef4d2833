/**
 * Options of a `lab` command to the step that the lab is asked to do, and what is wrong with that step back to the options: the
 * message names what was typed. Pure.
 *
 *   kill dn-1 --for 5 ─► { node: { action: kill, selector: { name: [dn-1] } }, duration: 5 } ─► path duration ─► --for 5: …
 */
import { MODE_KEYS, SELECTOR_KEYS } from '../../lab/scenario/grammar/command-words.js';
import { StepBuilder, TARGET_PREFIX } from '../../lab/scenario/grammar/step-builder.js';
import type { StepJson } from '../../lab/scenario/grammar/step-json.js';
import type { StepProblem } from '../../supervisor/api/step-problem.js';
import type { CommandKey, CommandWord } from '../../supervisor/api/lab-faults.js';

/** Values of options, by their name. */
export type Flags = Readonly<Record<string, string | boolean | undefined>>;

/** Options that name the other side of links and the direction at once. */
export const SIDES = { to: 'what the nodes send to these', from: 'what the nodes receive from these' } as const;

/** What a value of the step was typed as. */
interface Typed {
  /** Among all that was typed. */
  readonly order: number;
  /** The option with its value: `--for 5`. Default: a word or a name, which messages name. */
  readonly option?: string;
}

/** A step, and what its values were typed as. */
export interface AskedStep {
  readonly step: StepJson;
  /** What is wrong with it, in terms of the options. */
  readonly refusalText: (problems: readonly Pick<StepProblem, 'path' | 'part' | 'reason' | 'message'>[]) => string;
}

/** The keys that a word has as options. */
export const keysOf = (word: CommandWord): readonly CommandKey[] =>
  word.nodes === 'never' ? word.keys : [...word.keys, ...SELECTOR_KEYS, ...MODE_KEYS];

/** Tells whether it acts on links, which have another side. */
export const hasSides = (word: CommandWord): boolean => word.keys.some(({ key }) => key.startsWith(TARGET_PREFIX));

/** The option that stands for a key. */
export const flagOf = (key: string): string => (key === 'duration' ? 'for' : key);

/** The step that the options ask for; or what is wrong with the options. */
export function faultStep(word: CommandWord, names: readonly string[], flags: Flags): AskedStep | { readonly problem: string } {
  const given = (key: string): string | undefined => {
    const value = flags[camelCase(flagOf(key))];
    if (value === undefined || value === false) return undefined;
    return value === true ? keysOf(word).find((known) => known.key === key)?.alone : value;
  };
  const problem = problemOf(word, names, given);
  if (problem !== undefined) return { problem };
  let order = 0;
  const builder = new StepBuilder<Typed>(word.word, { order });
  for (const name of names) builder.addName(name, { order: ++order });
  const add = (key: string, value: string, option: string): boolean => {
    const typed = { order: ++order, option };
    return builder.addPair(key, value, { key: typed, value: () => typed });
  };
  for (const { key } of keysOf(word)) {
    const value = given(key);
    if (value === undefined || add(key, value, `--${flagOf(key)} ${value}`)) continue;
    return { problem: `--${flagOf(key)} ${value}: names stand in the command already` };
  }
  for (const side of hasSides(word) ? Object.keys(SIDES) : []) {
    const value = given(side);
    if (value === undefined) continue;
    add('direction', side, `--${side}`);
    add('target', value, `--${side} ${value}`);
  }
  return {
    step: builder.step,
    refusalText: (problems) =>
      problems
        .map(({ reason, message, ...place }) => ({ reason, message, typed: builder.refOf(place) }))
        .toSorted((a, b) => (a.typed?.order ?? 0) - (b.typed?.order ?? 0))
        .map(({ reason, message, typed }) => (typed?.option === undefined ? message : `${typed.option}: ${reason}`))
        .join('; '),
  };
}

/** @param given the value of the option for a key; undefined where it was not given */
function problemOf(word: CommandWord, names: readonly string[], given: (key: string) => string | undefined): string | undefined {
  if (word.nodes === 'needed' && names.length === 0 && !SELECTOR_KEYS.some(({ key }) => given(key) !== undefined)) {
    return `${word.word}: name at least one node, or select with --role, --rack, --state, --is, --holds or --in-pipeline`;
  }
  const missing = word.keys.find(({ key, isNeeded }) => isNeeded && given(key) === undefined);
  if (missing !== undefined) return `${word.word} needs --${missing.key} <${missing.value}>: ${missing.help}`;
  return hasSides(word) ? sidesProblem(given) : undefined;
}

function sidesProblem(given: (key: string) => string | undefined): string | undefined {
  const [side, other] = Object.keys(SIDES).filter((key) => given(key) !== undefined);
  if (side === undefined) return undefined;
  if (other !== undefined) {
    return `--${side} and --${other} do not go together: for both ways take --target <names>, or give a command for each`;
  }
  if (given('direction') !== undefined) return `--${side} says the direction already: leave --direction out`;
  return given('target') === undefined ? undefined : `--${side} names the other side already: leave --target out`;
}

const camelCase = (key: string): string => key.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
