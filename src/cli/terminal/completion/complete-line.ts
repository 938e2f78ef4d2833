/**
 * Finds the candidates at the cursor of a command line. Walks commander's commands, so that all options and arguments of a program
 * are completed, independent of their table.
 */
import type { Argument, Command, Option } from 'commander';
import type { Completes, LookedUp } from '../command-row.js';

export interface Candidate {
  /** Replaces the whole word at the cursor. */
  readonly value: string;
  readonly about?: string;
}

/** Additional action of the shell. */
export type Ending = 'none' | 'files' | 'directories' | 'no-space';

export interface Completions {
  readonly candidates: readonly Candidate[];
  readonly ending: Ending;
}

/** The parts of the line that a look-up can use. */
export interface LookUpRequest {
  /** The typed part of the value. */
  readonly partial: string;
  /** Values of the options on the line, by their long name without dashes. */
  readonly options: ReadonlyMap<string, string>;
}

/** Looks up values; fast, without side effects, and empty when no source is available. */
export type LookUp = (request: LookUpRequest) => Promise<readonly Candidate[]>;
export type LookUps = Readonly<Partial<Record<LookedUp, LookUp>>>;

/** The sources of values of a program. */
export interface CompletionSources {
  readonly lookUps: LookUps;
  /** Sources for commands without a table of rows, by the name of the option or argument. */
  readonly completesByName?: Readonly<Record<string, LookedUp>>;
}

export interface CompletionSettings extends CompletionSources {
  /** The default command. */
  readonly defaultCommand?: string;
  /** The source in the row of an option or argument; null without a row. */
  readonly completedBy: (taker: Option | Argument) => Completes | undefined | null;
}

/** A command line, parsed up to the cursor. */
interface Line {
  readonly command: Command;
  readonly operands: readonly string[];
  readonly options: ReadonlyMap<string, string>;
  /** The option whose value stands at the cursor. */
  readonly pending: Option | undefined;
  /** After `--` every word is an argument. */
  readonly isPastOptions: boolean;
}

const NOTHING: Completions = { candidates: [], ending: 'none' };

/**
 * @param words the words after the program's name; the last word is at the cursor, and may be empty
 * @returns candidates that begin with that word
 */
export async function completeLine(
  program: Command,
  words: readonly string[],
  settings: CompletionSettings,
): Promise<Completions> {
  const current = words.at(-1) ?? '';
  const line = readLine(program, words.slice(0, -1), settings);
  const { command, operands, pending, isPastOptions } = line;
  if (pending !== undefined && (pending.required || !current.startsWith('-'))) {
    return valuesOf(completesOf(pending, settings), current, line, settings);
  }
  if (!isPastOptions && current.startsWith('-')) {
    const equals = current.indexOf('=');
    if (equals < 0) return candidatesOf(optionsOf(line, settings), current);
    const option = optionNamed(line.command, current.slice(0, equals), settings);
    if (option === undefined || option.isBoolean()) return NOTHING;
    const found = await valuesOf(completesOf(option, settings), current.slice(equals + 1), line, settings);
    const lead = current.slice(0, equals + 1);
    return { ...found, candidates: found.candidates.map((candidate) => ({ ...candidate, value: lead + candidate.value })) };
  }
  if (command.name() === 'help') {
    const parent = command.parent ?? program;
    return candidatesOf(commandsOf(operands.reduce<Command | undefined>(childNamed, parent)), current);
  }
  const commands = operands.length === 0 ? commandsOf(command) : [];
  const argument = command.registeredArguments[operands.length] ?? lastIfVariadic(command.registeredArguments);
  const values = argument === undefined ? NOTHING : await valuesOf(completesOf(argument, settings), current, line, settings);
  return { ...values, candidates: [...candidatesOf(commands, current).candidates, ...values.candidates] };
}

function readLine(program: Command, words: readonly string[], settings: CompletionSettings): Line {
  let command = program;
  let operands: string[] = [];
  const options = new Map<string, string>();
  let pending: Option | undefined;
  let isPastOptions = false;
  for (const word of words) {
    const wanting: Option | undefined = pending;
    pending = undefined;
    if (wanting !== undefined && (wanting.required || !word.startsWith('-'))) {
      options.set(wanting.name(), word);
    } else if (word === '--' && !isPastOptions) {
      isPastOptions = true;
    } else if (!isPastOptions && word.startsWith('-') && word !== '-') {
      const equals = word.startsWith('--') ? word.indexOf('=') : -1;
      const option = optionNamed(command, equals < 0 ? word : word.slice(0, equals), settings);
      if (option === undefined) continue;
      if (equals >= 0 || option.isBoolean()) options.set(option.name(), word.slice(equals + 1));
      else pending = option;
    } else {
      const child = operands.length === 0 && !isPastOptions ? childNamed(command, word) : undefined;
      if (child === undefined) operands = [...operands, word];
      else command = child;
    }
  }
  return { command, operands, options, pending, isPastOptions };
}

/** Commands that are shown in help; hidden commands are neither offered nor parsed. */
const shownCommands = (command: Command): Command[] => command.createHelp().visibleCommands(command);

const childNamed = (command: Command | undefined, name: string): Command | undefined =>
  command === undefined ? undefined : shownCommands(command).find((child) => child.name() === name);

const commandsOf = (command: Command | undefined): Candidate[] =>
  command === undefined ? [] : shownCommands(command).map((child) => ({ value: child.name(), about: child.description() }));

/** The commands whose options are valid: the command, its parents, and, if none is named, the default command. */
function levelsOf(command: Command, { defaultCommand }: CompletionSettings): Command[] {
  const levels: Command[] = [];
  for (let at: Command | null = command; at !== null; at = at.parent) levels.push(at);
  const isUnnamed = command.parent === null && defaultCommand !== undefined;
  const implied = isUnnamed ? childNamed(command, defaultCommand) : undefined;
  return implied === undefined ? levels : [...levels, implied];
}

const shownOptions = (command: Command): Option[] => command.createHelp().visibleOptions(command);

const optionNamed = (command: Command, flag: string, settings: CompletionSettings): Option | undefined =>
  levelsOf(command, settings)
    .flatMap(shownOptions)
    .find((option) => option.long === flag || option.short === flag);

/** Options that are not on the line yet. `--version` belongs to the program only. */
function optionsOf({ command, options }: Line, settings: CompletionSettings): Candidate[] {
  const seen = new Set(options.keys());
  return levelsOf(command, settings)
    .flatMap((level) => shownOptions(level).filter((option) => level === command || option.long !== '--version'))
    .flatMap((option) => {
      if (seen.has(option.name())) return [];
      seen.add(option.name());
      return [{ value: option.long ?? option.short ?? '', about: option.description }];
    });
}

function lastIfVariadic(declared: readonly Argument[]): Argument | undefined {
  const last = declared.at(-1);
  return last?.variadic === true ? last : undefined;
}

/** The source of completions of a value: from its row, its choices, or, without a row, its name or placeholder. */
function completesOf(taker: Option | Argument, settings: CompletionSettings): Completes | undefined {
  if (taker.argChoices !== undefined) return taker.argChoices;
  const byRow = settings.completedBy(taker);
  if (byRow !== null) return byRow;
  const byName = settings.completesByName?.[taker.name()];
  if (byName !== undefined) return byName;
  const placeholder = 'flags' in taker ? /[<[](.+)[>\]]/.exec(taker.flags)?.[1] : undefined;
  if (placeholder === undefined) return undefined;
  if (placeholder === 'dir') return 'directory';
  return placeholder.includes('|') ? placeholder.split('|') : undefined;
}

async function valuesOf(
  completes: Completes | undefined,
  partial: string,
  line: Line,
  { lookUps }: Pick<CompletionSettings, 'lookUps'>,
): Promise<Completions> {
  if (completes === undefined) return NOTHING;
  if (completes === 'file') return { candidates: [], ending: 'files' };
  if (completes === 'directory') return { candidates: [], ending: 'directories' };
  if (completes === 'file-or-remote-path') {
    const remote = partial.startsWith('/') ? await valuesOf('remote-path', partial, line, { lookUps }) : NOTHING;
    return remote.candidates.length > 0 ? remote : { candidates: [], ending: 'files' };
  }
  if (typeof completes !== 'string') {
    return candidatesOf(
      completes.map((value) => ({ value })),
      partial,
    );
  }
  const found = (await lookUps[completes]?.({ partial, options: line.options })) ?? [];
  return candidatesOf(found, partial);
}

function candidatesOf(all: readonly Candidate[], partial: string): Completions {
  const candidates = all.filter(({ value }) => value.startsWith(partial));
  return { candidates, ending: candidates.some(({ value }) => value.endsWith('/')) ? 'no-space' : 'none' };
}
