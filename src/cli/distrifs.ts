/** The `distrifs` command. Exit codes: 0 done, 1 it failed, 2 wrong usage, 130 interrupted. Started by bin/distrifs.cjs. */
import { readFileSync } from 'node:fs';
import { Command, CommanderError, Option } from 'commander';
import { registerAdmin } from './distrifs/admin-commands.js';
import { EXIT_USAGE } from './terminal/cli-error.js';
import { registerDaemons } from './distrifs/daemon-commands.js';
import { registerDf } from './distrifs/df-command.js';
import { registerGet } from './distrifs/get-command.js';
import { registerLs } from './distrifs/ls-command.js';
import { registerNamespaceCommands } from './distrifs/namespace-commands.js';
import { addressesOption, profileOption } from './distrifs/option-parsers.js';
import { registerPut } from './distrifs/put-command.js';
import { endQuietlyOnBrokenPipe } from './terminal/standard-output.js';
import { registerStat } from './distrifs/stat-command.js';

function packageVersion(): string {
  // The file is ours and holds a version; it stands two folders up in the sources and in dist alike.
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}

/** Wrong usage is said as failures are: `distrifs put: missing required argument 'local'`. */
function complainInOneLine(command: Command, names: readonly string[]): void {
  const speaker = names.join(' ');
  for (const child of command.commands) complainInOneLine(child, [...names, child.name()]);
  command.configureOutput({
    outputError: (text, write) =>
      write(
        `${speaker}: ${text
          .replace(/^error: /, '')
          .trim()
          .replace(/\n+/g, ' ')}\n`,
      ),
  });
}

function buildProgram(): Command {
  const program = new Command('distrifs');
  program
    .description('A fault-tolerant distributed file system: its files, its masters and its datanodes.')
    .version(packageVersion())
    .addOption(
      new Option('--master <addresses>', 'host:port of the master; with several masters, of each, separated by commas')
        .env('DISTRIFS_MASTER')
        .argParser(addressesOption),
    )
    .addOption(
      new Option('--profile <name>', 'timings, as the cluster runs with: realistic or fast (default: realistic)')
        .env('DISTRIFS_PROFILE')
        .argParser(profileOption),
    )
    .option('--json', 'print JSON')
    .exitOverride()
    .configureHelp({ showGlobalOptions: true })
    .addHelpText('after', '\nExit codes: 0 done, 1 it failed, 2 wrong usage, 130 interrupted.');
  registerPut(program);
  registerGet(program);
  registerLs(program);
  registerNamespaceCommands(program);
  registerStat(program);
  registerDf(program);
  registerDaemons(program);
  registerAdmin(program);
  complainInOneLine(program, ['distrifs']);
  return program;
}

/**
 * Runs the command line. Never rejects for what a person did wrong.
 * @param args what follows the command's name
 */
export async function main(_name: string, args: readonly string[]): Promise<void> {
  endQuietlyOnBrokenPipe();
  try {
    await buildProgram().parseAsync(args, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    process.exitCode = error.exitCode === 0 ? 0 : EXIT_USAGE;
  }
}
