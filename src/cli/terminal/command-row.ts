/** The rows of a table of commands: what a command takes, and the action that runs it, loaded only when the command runs. */
import type { Command } from 'commander';

/** What the program looks up while a value is completed. */
export type LookedUp = 'node' | 'master' | 'rack' | 'remote-path';

/** What a value is completed with: by the shell (files, directories), by a look-up of the program, or from a fixed list. */
export type Completes = 'file' | 'directory' | LookedUp | readonly string[];

export interface ArgumentRow {
  /** As commander writes it: `<path>`, `[path]`, `<path...>`, `[path...]`. */
  readonly name: string;
  readonly about: string;
  /** @throws commander's InvalidArgumentError on a value that makes no sense */
  readonly parse?: (text: string) => unknown;
  readonly default?: unknown;
  /** The only values that are accepted; they are completed, too. */
  readonly choices?: readonly string[];
  readonly completes?: Completes;
}

export interface OptionRow {
  /** As commander writes it: `-p, --parents`, `--size <size>`, `--record [dir]`, `--no-record`. */
  readonly flags: string;
  readonly about: string;
  /** @throws commander's InvalidArgumentError on a value that makes no sense */
  readonly parse?: (text: string) => unknown;
  readonly default?: unknown;
  /** The only values that are accepted; they are completed, too. */
  readonly choices?: readonly string[];
  /** The command cannot do without it. */
  readonly isNeeded?: true;
  /** The environment variable that is read where the option is missing. */
  readonly env?: string;
  readonly completes?: Completes;
}

/** What an action is given. */
export interface Call<Args extends readonly unknown[], Flags> {
  /** The values of the arguments, in the order of the row. */
  readonly args: Args;
  /** The values of the options, those of the program included. */
  readonly flags: Flags;
  readonly command: Command;
}

interface RowBase {
  readonly name: string;
  readonly summary: string;
  /** Lines below the help: examples, exit codes. */
  readonly help?: string;
  /** Exit code of wrong usage, where it is not that of the program. */
  readonly usageExitCode?: number;
}

/** A command: one that runs, or one that has commands of its own. */
export interface CommandRow extends RowBase {
  readonly arguments?: readonly ArgumentRow[];
  readonly options?: readonly OptionRow[];
  /** The types of the call are checked where the row is written, see `rowsFor`; here they are forgotten. */
  readonly load?: () => Promise<(call: Call<never, never>) => unknown>;
  readonly commands?: readonly CommandRow[];
  /** false: without the command `help` below it. */
  readonly hasHelpCommand?: false;
}

interface TypedRow<Args extends readonly ArgumentRow[], Options extends readonly OptionRow[], Globals> extends RowBase {
  readonly arguments?: Args;
  readonly options?: Options;
  /** Imports the action. */
  readonly load: () => Promise<(call: Call<ArgumentValues<Args>, FlagsOf<Options> & Globals>) => unknown>;
}

/**
 * The function that writes rows of a program.
 * @typeParam Globals the options of the program itself, which each of its commands is given
 */
export const rowsFor =
  <Globals>() =>
  <const Args extends readonly ArgumentRow[] = [], const Options extends readonly OptionRow[] = []>(
    row: TypedRow<Args, Options, Globals>,
  ): CommandRow =>
    row;

/** The values that commander makes of arguments. */
export type ArgumentValues<Args extends readonly ArgumentRow[]> = { readonly [Index in keyof Args]: ArgumentValue<Args[Index]> };

type ArgumentValue<Row extends ArgumentRow> = Row['name'] extends `${string}...${string}`
  ? readonly Parsed<Row>[]
  : Row['name'] extends `<${string}`
    ? Parsed<Row>
    : Row extends { readonly default: infer Default }
      ? Parsed<Row> | Widened<Default>
      : Parsed<Row> | undefined;

/** The values that commander makes of options, by their name in camel case. */
export type FlagsOf<Options extends readonly OptionRow[]> = {
  readonly [Row in Options[number] as IsSure<Row, Options[number]> extends true ? KeyOf<Row> : never]: OptionValue<Row>;
} & {
  readonly [Row in Options[number] as IsSure<Row, Options[number]> extends true ? never : KeyOf<Row>]?: OptionValue<Row>;
};

/** Whether a value is there even when the option is not given. `--no-x` alone is true by default. */
type IsSure<Row extends OptionRow, All extends OptionRow> = Row extends
  { readonly isNeeded: true } | { readonly default: unknown }
  ? true
  : Row['flags'] extends `--no-${string}`
    ? KeyOf<Row> extends KeyOf<Exclude<All, { readonly flags: `--no-${string}` }>>
      ? false
      : true
    : false;

type OptionValue<Row extends OptionRow> = Row['flags'] extends `${string}<${string}`
  ? Parsed<Row>
  : Row['flags'] extends `${string}[${string}`
    ? Parsed<Row> | true
    : boolean;

type Parsed<Row> = Row extends { readonly parse: (text: string) => infer Value }
  ? Value
  : Row extends { readonly choices: readonly (infer Choice)[] }
    ? Choice
    : string;

type Widened<Value> = Value extends string ? string : Value extends number ? number : Value;

type KeyOf<Row extends OptionRow> = CamelCase<WithoutNo<FirstWord<AfterDashes<Row['flags']>>>>;
type AfterDashes<Flags extends string> = Flags extends `${string}--${infer Name}` ? Name : never;
type FirstWord<Text extends string> = Text extends `${infer Word} ${string}` ? Word : Text;
type WithoutNo<Name extends string> = Name extends `no-${infer Rest}` ? Rest : Name;
type CamelCase<Name extends string> = Name extends `${infer Head}-${infer Tail}` ? `${Head}${Capitalize<CamelCase<Tail>>}` : Name;
