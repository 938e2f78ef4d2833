/** The `distrifs` command. Exit codes: 0 done, 1 it failed, 2 wrong usage, 130 interrupted. Started by bin/distrifs.cjs. */
import { DISTRIFS } from './distrifs/distrifs-commands.js';
import { runProgram } from './terminal/run-program.js';
import { endQuietlyOnBrokenPipe } from './terminal/standard-output.js';

/**
 * Runs the command line. Never rejects for wrong usage.
 * @param args the arguments after the command's name
 */
export async function main(_name: string, args: readonly string[]): Promise<void> {
  endQuietlyOnBrokenPipe();
  await runProgram(DISTRIFS, import.meta.url, args);
}
