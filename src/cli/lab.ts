/** The `lab` command, and `distrifs-lab`, which is `lab` with `up` as default. Exit codes: 0 done, 1 it failed, 2 wrong usage. */
import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import { registerCheck } from './lab/lab-check.js';
import { registerLabCommands } from './lab/lab-commands.js';
import { registerReport } from './lab/lab-report.js';
import { registerFaultCommands } from './lab/lab-fault-commands.js';
import { registerHelp } from './lab/lab-help.js';
import { registerLoad } from './lab/lab-load.js';
import { registerReplay } from './lab/lab-replay.js';
import { registerRun } from './lab/lab-run.js';
import { registerSchema } from './lab/lab-schema.js';
import { registerShrink } from './lab/lab-shrink.js';
import { registerSim } from './lab/lab-sim.js';
import { registerUp } from './lab/lab-up.js';

const EXIT_USAGE = 2;

function packageVersion(): string {
  // The file is ours and holds a version; it stands two folders up in the sources and in dist alike.
  return (JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string }).version;
}

/**
 * Runs the command line. Never rejects for what a person did wrong.
 * @param name `lab` or `distrifs-lab`; the latter runs `up` when no command is named
 * @param args what follows the name
 */
export async function main(name: string, args: readonly string[]): Promise<void> {
  const program = new Command(name)
    .description('A whole DistriFS cluster on this machine, to watch and to break.')
    .version(packageVersion())
    .exitOverride()
    .configureOutput({
      outputError: (text, write) =>
        write(
          `lab: ${text
            .replace(/^error: /, '')
            .trimEnd()
            .replace(/\s*\n\s*/g, ' ')}\n`,
        ),
    })
    .addHelpText(
      'after',
      '\nExit codes: 0 done, 1 it failed, 2 wrong usage; those of run, sim, check, report, replay and shrink are their own.',
    );
  registerUp(program, name === 'distrifs-lab');
  registerRun(program);
  registerCheck(program);
  registerSim(program);
  registerReport(program);
  registerReplay(program);
  registerShrink(program);
  registerSchema(program);
  registerLabCommands(program);
  registerLoad(program);
  registerFaultCommands(program);
  registerHelp(program);
  try {
    await program.parseAsync(args, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    process.exitCode = error.exitCode === 0 ? 0 : EXIT_USAGE;
  }
}
