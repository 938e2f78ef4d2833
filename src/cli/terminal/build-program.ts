/** Builds commander's commands from a table of rows. */
import { Argument, Command, Option } from 'commander';
import { usageFailureJson } from './cli-error.js';
import type { ArgumentRow, Call, CommandRow, Completes, OptionRow } from './command-row.js';

export interface ProgramTable {
  readonly name: string;
  readonly summary: string;
  readonly help: string;
  /** Options of each command, before or after its name. */
  readonly options?: readonly OptionRow[];
  readonly commands: readonly CommandRow[];
  /** The default command. */
  readonly defaultCommand?: string;
  /** Adds commands from other tables. */
  readonly mount?: (program: Command) => void;
  /** false: the program has its own command `help`. */
  readonly hasHelpCommand?: false;
  /** The prefix of an error about wrong usage. @param names the names of the program and the commands below it */
  readonly speaker: (names: readonly string[]) => string;
}

/** An option with the source of completions of its value. */
class RowOption extends Option {
  readonly completes: Completes | undefined;

  constructor(row: OptionRow) {
    super(row.flags, row.about);
    this.completes = row.completes;
    if (row.choices !== undefined) this.choices(row.choices);
    if (row.parse !== undefined) this.argParser(row.parse);
    if (row.default !== undefined) this.default(row.default);
    if (row.isNeeded === true) this.makeOptionMandatory();
    if (row.env !== undefined) this.env(row.env);
  }
}

/** An argument with the source of completions of its value. */
class RowArgument extends Argument {
  readonly completes: Completes | undefined;

  constructor(row: ArgumentRow) {
    super(row.name, row.about);
    this.completes = row.completes;
    if (row.choices !== undefined) this.choices(row.choices);
    if (row.parse !== undefined) this.argParser(row.parse);
    if (row.default !== undefined) this.default(row.default);
  }
}

/** The source of completions in the row of an option or argument; null without a row. */
export const completedBy = (taker: Option | Argument): Completes | undefined | null =>
  taker instanceof RowOption || taker instanceof RowArgument ? taker.completes : null;

/**
 * Makes the program with all its commands, without loading their actions.
 * @param isJson report wrong usage as JSON
 */
export function buildProgram(table: ProgramTable, version: string, isJson = false): Command {
  const program = new Command(table.name)
    .description(table.summary)
    .version(version)
    .exitOverride()
    .configureHelp({ showGlobalOptions: table.options !== undefined })
    .addHelpText('after', `\n${table.help}`);
  if (table.hasHelpCommand === false) program.helpCommand(false);
  for (const option of table.options ?? []) program.addOption(new RowOption(option));
  for (const row of table.commands) addCommand(program, row, row.name === table.defaultCommand);
  table.mount?.(program);
  const lineOf = (names: readonly string[], reason: string): string =>
    isJson ? usageFailureJson(names, reason) : `${table.speaker(names)}: ${reason}`;
  complainInOneLine(program, [table.name], lineOf);
  return program;
}

function addCommand(parent: Command, row: CommandRow, isDefault: boolean): void {
  const { load, usage, usageExitCode } = row;
  const command = parent.command(row.name, { isDefault }).description(row.summary);
  if (row.hasHelpCommand === false) command.helpCommand(false);
  for (const argument of row.arguments ?? []) command.addArgument(new RowArgument(argument));
  for (const option of row.options ?? []) command.addOption(new RowOption(option));
  // The letter belongs to the command's own option.
  if (row.options?.some(({ flags }) => flags.startsWith('-h,')) === true)
    command.helpOption('--help', 'display help for command');
  if (usage !== undefined) command.usage(usage);
  if (row.help !== undefined) command.addHelpText('after', `\n${row.help}`);
  if (usageExitCode !== undefined) {
    command.exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : usageExitCode));
  }
  for (const child of row.commands ?? []) addCommand(command, child, false);
  if (load === undefined) return;
  command.action(async () => {
    const action = await load();
    const call: Call<readonly unknown[], object> = { args: command.processedArgs, flags: command.optsWithGlobals(), command };
    // rowsFor has checked the types of the row.
    await action(call as Call<never, never>);
  });
}

/** Formats wrong usage like other failures: `distrifs put: missing required argument 'local'`. */
function complainInOneLine(
  command: Command,
  names: readonly string[],
  lineOf: (names: readonly string[], reason: string) => string,
): void {
  for (const child of command.commands) complainInOneLine(child, [...names, child.name()], lineOf);
  const reason = (text: string): string =>
    text
      .replace(/^error: /, '')
      .trim()
      .replace(/\s*\n\s*/g, ' ');
  command.configureOutput({ outputError: (text, write) => write(`${lineOf(names, reason(text))}\n`) });
}
