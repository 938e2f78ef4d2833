/** The option --record of several `lab` commands, and their standard error. */

/** Default folder of runs, below the working directory. */
const RUNS_FOLDER = 'runs';

/** The value of `--record [dir]` and `--no-record` as parsed by commander. */
export interface RecordFlags {
  readonly record?: string | boolean;
}

/** The folder of run folders; undefined with --no-record. */
export function recordOption({ record = true }: RecordFlags): { readonly record?: string } {
  if (record === false) return {};
  return { record: record === true ? RUNS_FOLDER : record };
}

export const writeErr = (line: string): void => void process.stderr.write(`${line}\n`);
