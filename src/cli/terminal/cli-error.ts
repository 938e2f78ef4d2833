/** Failures of a command, as one line for a person. */
import { DistriFSError } from '../../client/sdk-error.js';
import { printable } from './standard-output.js';

/** Node says `ENOENT: no such file or directory, open 'film.mp4'`; people read `"film.mp4": no such file or directory`. */
const NODE_MESSAGE = /^E[A-Z0-9]+: (.+), \w+ '(.*)'$/;

/** What to say about a failure: one line, no stack. */
export function reasonOf(error: unknown): string {
  const text = error instanceof DistriFSError ? error.reason : error instanceof Error ? error.message : String(error);
  return text.replace(NODE_MESSAGE, '"$2": $1').replace(/\s*\n\s*/g, ' ');
}

/** Writes `distrifs put: reason` to standard error. */
export function complain(command: string, reason: string): void {
  process.stderr.write(`distrifs ${command}: ${printable(reason, process.stderr)}\n`);
}
