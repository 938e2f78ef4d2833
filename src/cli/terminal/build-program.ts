/** Builds commander's commands from a table of rows. */
import { Argument, Command, Option } from 'commander';
import type { ArgumentRow, Call, CommandRow, Completes, OptionRow } from './command-row.js';

export interface ProgramTable {
  readonly name: string;
  readonly summary: string;
  readonly help: string;
  /** Options that each command takes, before or after its name. */
  readonly options?: readonly OptionRow[];
  readonly commands: readonly CommandRow[];
  /** The command that runs when none is named. */
  readonly defaultCommand?: string;
  /** Adds commands that come from other tables. */
  readonly mount?: (program: Command) => void;
  /** false: the program has a command `help` of its own. */
  readonly hasHelpCommand?: false;
  /** What a complaint about wrong usage begins with. @param names of the program and the commands below it */
  readonly speaker: (names: readonly string[]) => string;
}

/** An option that knows what completes its value. */
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

/** An argument that knows what completes its value. */
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

/** What the row of an option or argument completes its value with; null where it has no row. */
export const completedBy = (taker: Option | Argument): Completes | undefined | null =>
  taker instanceof RowOption || taker instanceof RowArgument ? taker.completes : null;

/** The program with all its commands; nothing of their actions is loaded. */
export function buildProgram(table: ProgramTable, version: string): Command {
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
  complainInOneLine(program, [table.name], table.speaker);
  return program;
}

function addCommand(parent: Command, row: CommandRow, isDefault: boolean): void {
  const { load, usageExitCode } = row;
  const command = parent.command(row.name, { isDefault }).description(row.summary);
  if (row.hasHelpCommand === false) command.helpCommand(false);
  for (const argument of row.arguments ?? []) command.addArgument(new RowArgument(argument));
  for (const option of row.options ?? []) command.addOption(new RowOption(option));
  if (row.help !== undefined) command.addHelpText('after', `\n${row.help}`);
  if (usageExitCode !== undefined) {
    command.exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : usageExitCode));
  }
  for (const child of row.commands ?? []) addCommand(command, child, false);
  if (load === undefined) return;
  command.action(async () => {
    const action = await load();
    const call: Call<readonly unknown[], object> = { args: command.processedArgs, flags: command.optsWithGlobals(), command };
    // The row's own types were checked where it was written (rowsFor).
    await action(call as Call<never, never>);
  });
}

/** Wrong usage is said as failures are: `distrifs put: missing required argument 'local'`. */
function complainInOneLine(command: Command, names: readonly string[], speaker: ProgramTable['speaker']): void {
  for (const child of command.commands) complainInOneLine(child, [...names, child.name()], speaker);
  const reason = (text: string): string =>
    text
      .replace(/^error: /, '')
      .trim()
      .replace(/\s*\n\s*/g, ' ');
  command.configureOutput({ outputError: (text, write) => write(`${speaker(names)}: ${reason(text)}\n`) });
}
