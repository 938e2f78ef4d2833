/** Standard output of a command: lines, and bytes; a reader that goes away is no error. */
import { UNPRINTABLE } from '../../shared/unprintable.js';

/** Ends the process quietly when whoever reads standard output has gone (`distrifs cat … | head`). */
export function endQuietlyOnBrokenPipe(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
    throw error;
  });
}

/** A line of results. */
export function writeLine(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** A text from outside, as a terminal may show it: control characters could move its cursor or worse. Others get it as it is. */
export function printable(text: string, to: { readonly isTTY?: boolean } = process.stdout): string {
  return to.isTTY === true ? text.replace(UNPRINTABLE, '?') : text;
}
