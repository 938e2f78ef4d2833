/** The option --record, which several `lab` commands share, and their standard error. */

/** Below the folder that a command runs in. */
const RUNS_FOLDER = 'runs';

/** What commander makes of `--record [dir]` and `--no-record`. */
export interface RecordFlags {
  readonly record?: string | boolean;
}

/** Where run folders go; nothing when there are to be none. */
export function recordOption({ record = true }: RecordFlags): { readonly record?: string } {
  if (record === false) return {};
  return { record: record === true ? RUNS_FOLDER : record };
}

export const writeErr = (line: string): void => void process.stderr.write(`${line}\n`);
