/** Failures of a command, as one line for a person. */
import { DistriFSError } from '../../client/sdk-error.js';

export const EXIT_FAILED = 1;
export const EXIT_USAGE = 2;

/** The command line asks for something that makes no sense. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** Node says `ENOENT: no such file or directory, open 'film.mp4'`; people read `"film.mp4": no such file or directory`. */
const NODE_MESSAGE = /^E[A-Z0-9]+: (.+), \w+ '(.*)'$/;

/** What to say about a failure: one line, no stack. */
export function reasonOf(error: unknown): string {
  const text = error instanceof DistriFSError ? error.reason : error instanceof Error ? error.message : String(error);
  return text.replace(NODE_MESSAGE, '"$2": $1').replace(/\s*\n\s*/g, ' ');
}

/** Writes `distrifs put: reason` to standard error. */
export function complain(command: string, reason: string): void {
  process.stderr.write(`distrifs ${command}: ${reason}\n`);
}
