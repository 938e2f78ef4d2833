/** Options that several `lab` commands share, and how they end on wrong ones. */
import { InvalidArgumentError } from 'commander';
import type { CommanderError } from 'commander';

const EXIT_BAD_ARGUMENTS = 254;
export const SEED_MAX = 0xffff_ffff;
/** Below the folder that a command runs in. */
const RUNS_FOLDER = 'runs';

/** Reads a whole number. The returned parser throws commander's InvalidArgumentError on anything else. */
export const wholeNumber =
  (min: number, max: number) =>
  (text: string): number => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= min && value <= max) return value;
    throw new InvalidArgumentError(`it must be a whole number from ${min} to ${max}.`);
  };

/** Reads a seed. */
export const seedOption = wholeNumber(0, SEED_MAX);

/** What commander makes of `--record [dir]` and `--no-record`. */
export interface RecordFlags {
  readonly record?: string | boolean;
}

/** Where run folders go; nothing when there are to be none. */
export function recordOption({ record = true }: RecordFlags): { readonly record?: string } {
  if (record === false) return {};
  return { record: record === true ? RUNS_FOLDER : record };
}

/** Ends the process as commands do whose exit code is a verdict. */
export function exitOnUsage(error: CommanderError): never {
  process.exit(error.exitCode === 0 ? 0 : EXIT_BAD_ARGUMENTS);
}

export const writeOut = (line: string): void => void process.stdout.write(`${line}\n`);
export const writeErr = (line: string): void => void process.stderr.write(`${line}\n`);
