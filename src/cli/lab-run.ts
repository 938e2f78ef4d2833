/** `lab run FILE.yaml`: runs a scenario on a cluster of its own and ends with the verdict as exit code. */
import type { Command } from 'commander';
import { interruptible } from './interruptible.js';
import { exitOnUsage, recordOption, seedOption, wholeNumber, writeErr, writeOut } from './lab-options.js';
import type { RecordFlags } from './lab-options.js';

const REPEAT_MAX = 100_000;

interface RunFlags extends RecordFlags {
  readonly seed?: number;
  readonly repeat: number;
  readonly json?: boolean;
  readonly dir?: string;
}

async function run(file: string, flags: RunFlags): Promise<void> {
  const { runScenario } = await import('../supervisor/scenario/run-scenario.js');
  process.exitCode = await interruptible((signal) =>
    runScenario({
      file,
      repeat: flags.repeat,
      json: flags.json ?? false,
      signal,
      write: writeOut,
      writeError: writeErr,
      ...(flags.seed === undefined ? {} : { seed: flags.seed }),
      ...(flags.dir === undefined ? {} : { dir: flags.dir }),
      ...recordOption(flags),
    }),
  );
}

/**
 * Adds `run` to the `lab` command. Exit codes: 0 pass, 1 a promise broken, 2 unknown, 254 bad file or arguments, 255 the lab itself
 * failed, 130 interrupted.
 */
export function registerRun(program: Command): void {
  program
    .command('run')
    .description('run a scenario file on a cluster of its own; the exit code is the verdict')
    .argument('<file>', 'the scenario, YAML')
    .option('--seed <n>', 'seed of every random choice, instead of the one in the file', seedOption)
    .option(
      '--repeat <n>',
      'runs, one after the other; each gets a seed that follows from the first',
      wholeNumber(1, REPEAT_MAX),
      1,
    )
    .option('--json', 'one JSON object a line, the verdict last')
    .option('--record [dir]', 'keep history, events, logs and results in a folder below this one (default: runs), for lab check')
    .option('--no-record', 'keep nothing')
    .option('--dir <dir>', "keep the cluster's data here; left out: a fresh folder, removed at the end")
    .addHelpText(
      'after',
      '\nExit codes: 0 pass, 1 a promise broken, 2 unknown, 254 bad file or arguments, 255 the lab itself failed, 130 interrupted.\n' +
        'Of several runs, that of the worst.',
    )
    .exitOverride(exitOnUsage)
    .action(run);
}
