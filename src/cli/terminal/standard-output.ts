/** Standard output of a command: lines, and bytes; a reader that goes away is no error. */

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

/** A name as a terminal may show it: control characters could move its cursor or worse. */
export function printable(name: string): string {
  return process.stdout.isTTY ? name.replace(/\p{Cc}/gu, '?') : name;
}
