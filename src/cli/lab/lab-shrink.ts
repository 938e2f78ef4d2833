/** `lab shrink RUN|FILE`: cuts a failing schedule to a minimal one, in simulation. */
import type { Command } from 'commander';
import { interruptible } from '../terminal/interruptible.js';
import { exitOnUsage, seedOption, wholeNumber, writeErr, writeOut } from './lab-options.js';
import { ProgressArea } from '../terminal/progress-area.js';

const TRIALS_MAX = 1_000_000;

interface ShrinkFlags {
  readonly seed?: number;
  readonly trials: number;
  readonly out?: string;
  readonly json?: boolean;
}

async function shrink(what: string, flags: ShrinkFlags): Promise<void> {
  const { shrinkRun } = await import('../../lab/campaign/shrink-run.js');
  const progress = new ProgressArea();
  process.exitCode = await interruptible((signal) =>
    shrinkRun({
      what,
      trials: flags.trials,
      json: flags.json ?? false,
      signal,
      write: (line) => progress.above(() => writeOut(line)),
      writeError: (line) => progress.above(() => writeErr(line)),
      ...(process.stderr.isTTY ? { showProgress: (text: string) => progress.show(text) } : {}),
      ...(flags.seed === undefined ? {} : { seed: flags.seed }),
      ...(flags.out === undefined ? {} : { out: flags.out }),
    }),
  );
}

/**
 * Adds `shrink` to the `lab` command. Exit codes: 0 cut and proved, 2 nothing fails in simulation, 254 bad folder, file or arguments,
 * 255 the lab itself failed, 130 interrupted.
 */
export function registerShrink(program: Command): void {
  program
    .command('shrink')
    .description('cut the schedule of a run that fails to a minimal one that still fails, in simulation')
    .argument('<run|file>', 'the folder of a run, or a scenario file')
    .option('--seed <n>', 'the seed that fails; left out: that of the run or the file', seedOption)
    .option('--trials <n>', 'simulations, at most', wholeNumber(1, TRIALS_MAX), 200)
    .option('--out <file>', 'where the result goes; left out: scenario.shrunk.yaml in the folder, or beside the file')
    .option('--json', 'one JSON object a line, the result last')
    .addHelpText(
      'after',
      '\nExit codes: 0 cut, and proved to fail, 2 nothing fails in simulation, 254 bad folder, file or arguments, 255 the lab itself\n' +
        'failed, 130 interrupted (the smallest until then is written).',
    )
    .exitOverride(exitOnUsage)
    .action(shrink);
}
