/** Standard output of a command: lines and bytes. A reader that closes the pipe is not an error. */
import { UNPRINTABLE } from '../../shared/unprintable.js';

function onOutputError(error: NodeJS.ErrnoException): never {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
}

/** Ends the process silently when the reader of standard output has closed the pipe (`distrifs cat … | head`). Repeated calls add nothing. */
export function endQuietlyOnBrokenPipe(): void {
  process.stdout.off('error', onOutputError).on('error', onOutputError);
}

/** Writes a line of results. */
export function writeLine(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** Replaces control characters in an external text for a terminal. Other outputs get the text unchanged. */
export function printable(text: string, to: { readonly isTTY?: boolean } = process.stdout): string {
  return to.isTTY === true ? text.replace(UNPRINTABLE, '?') : text;
}
