/** The `lab` command, and `distrifs-lab`, which is `lab` with `up` as default. Exit codes: 0 done, 1 it failed, 2 wrong usage. */
import { LAB } from './lab/lab-commands.js';
import { runProgram } from './terminal/run-program.js';

/**
 * Runs the command line. Never rejects for wrong usage.
 * @param name `lab` or `distrifs-lab`; the latter runs `up` when no command is named
 * @param args the arguments after the name
 */
export async function main(name: string, args: readonly string[]): Promise<void> {
  const named = { ...LAB, name };
  await runProgram(name === 'distrifs-lab' ? { ...named, defaultCommand: 'up' } : named, import.meta.url, args);
}
