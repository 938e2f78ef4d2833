/**
 * The rows of a table of commands: arguments and options of a command, and its action, which is loaded only when the command runs.
 */
import type { Command } from 'commander';

/** Values that the program looks up for completion. */
export type LookedUp = 'node' | 'master' | 'rack' | 'remote-path';

/**
 * The source of completions of a value: the shell (files, directories), a look-up of the program, or a fixed list. Of a value that may be
 * a local or a remote path: the cluster's, where it begins with `/` and the cluster has one.
 */
export type Completes = 'file' | 'directory' | 'file-or-remote-path' | LookedUp | readonly string[];

export interface ArgumentRow {
  /** In commander's syntax: `<path>`, `[path]`, `<path...>`, `[path...]`. */
  readonly name: string;
  readonly about: string;
  /** @throws commander's InvalidArgumentError on an invalid value */
  readonly parse?: (text: string) => unknown;
  readonly default?: unknown;
  /** The accepted values, which are also completed. */
  readonly choices?: readonly string[];
  readonly completes?: Completes;
}

export interface OptionRow {
  /** In commander's syntax: `-p, --parents`, `--size <size>`, `--record [dir]`, `--no-record`. */
  readonly flags: string;
  readonly about: string;
  /** @throws commander's InvalidArgumentError on an invalid value */
  readonly parse?: (text: string) => unknown;
  readonly default?: unknown;
  /** The accepted values, which are also completed. */
  readonly choices?: readonly string[];
  /** The option is required. */
  readonly isNeeded?: true;
  /** The environment variable that is read when the option is missing. */
  readonly env?: string;
  readonly completes?: Completes;
}

/** The input of an action. */
export interface Call<Args extends readonly unknown[], Flags> {
  /** The values of the arguments, in the order of the row. */
  readonly args: Args;
  /** The values of the options, including those of the program. */
  readonly flags: Flags;
  readonly command: Command;
}

interface RowBase {
  readonly name: string;
  readonly summary: string;
  /** Lines at the end of the help: examples, exit codes. */
  readonly help?: string;
  /** The usage line after the names, where the arguments alone do not say it. */
  readonly usage?: string;
  /** Exit code of wrong usage. Default: that of the program. */
  readonly usageExitCode?: number;
}

/** A command: either with an action, or with subcommands. */
export interface CommandRow extends RowBase {
  readonly arguments?: readonly ArgumentRow[];
  readonly options?: readonly OptionRow[];
  /** The action with its types erased; `rowsFor` checks them. */
  readonly load?: () => Promise<(call: Call<never, never>) => unknown>;
  readonly commands?: readonly CommandRow[];
  /** false: no subcommand `help`. */
  readonly hasHelpCommand?: false;
}

interface TypedRow<Args extends readonly ArgumentRow[], Options extends readonly OptionRow[], Globals> extends RowBase {
  readonly arguments?: Args;
  readonly options?: Options;
  /** Imports the action. */
  readonly load: () => Promise<(call: Call<ArgumentValues<Args>, FlagsOf<Options> & Globals>) => unknown>;
}

/**
 * Returns a function that makes the rows of a program.
 * @typeParam Globals the options of the program itself, which each of its commands receives
 */
export const rowsFor =
  <Globals>() =>
  <const Args extends readonly ArgumentRow[] = [], const Options extends readonly OptionRow[] = []>(
    row: TypedRow<Args, Options, Globals>,
  ): CommandRow =>
    row;

/** The values of arguments as parsed by commander. */
export type ArgumentValues<Args extends readonly ArgumentRow[]> = { readonly [Index in keyof Args]: ArgumentValue<Args[Index]> };

type ArgumentValue<Row extends ArgumentRow> = Row['name'] extends `${string}...${string}`
  ? readonly Parsed<Row>[]
  : Row['name'] extends `<${string}`
    ? Parsed<Row>
    : Row extends { readonly default: infer Default }
      ? Parsed<Row> | Widened<Default>
      : Parsed<Row> | undefined;

/** The values of options as parsed by commander, by their name in camel case. */
export type FlagsOf<Options extends readonly OptionRow[]> = {
  readonly [Row in Options[number] as IsSure<Row, Options[number]> extends true ? KeyOf<Row> : never]: OptionValue<Row>;
} & {
  readonly [Row in Options[number] as IsSure<Row, Options[number]> extends true ? never : KeyOf<Row>]?: OptionValue<Row>;
};

/** Whether an option has a value even when it is not given. A single `--no-x` is true by default. */
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
