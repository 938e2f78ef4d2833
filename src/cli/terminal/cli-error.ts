/** Formats failures of a command as one line. */
import { DistriFSError } from '../../client/sdk-error.js';
import { printable } from './standard-output.js';
import { messageOf } from '../../shared/error-text.js';

/**
 * Matches messages of Node, `ENOENT: no such file or directory, open 'film.mp4'`, printed as `"film.mp4": no such file or
 * directory`.
 */
const NODE_MESSAGE = /^E[A-Z0-9]+: (.+), \w+ '(.*)'$/;

/** The text of a failure: one line, without a stack. */
export function reasonOf(error: unknown): string {
  const text = error instanceof DistriFSError ? error.reason : messageOf(error);
  return text.replace(NODE_MESSAGE, '"$2": $1').replace(/\s*\n\s*/g, ' ');
}

/** Writes `distrifs put: reason` to standard error. */
export function complain(command: string, reason: string): void {
  process.stderr.write(`distrifs ${command}: ${printable(reason, process.stderr)}\n`);
}
