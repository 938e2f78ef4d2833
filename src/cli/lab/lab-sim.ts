/** `lab sim FILE.yaml …`: runs scenarios on virtual time, once for each of many seeds, and ends with the verdict as exit code. */
import type { Command } from 'commander';
import { interruptible } from '../terminal/interruptible.js';
import { exitOnUsage, recordOption, seedOption, wholeNumber, writeErr, writeOut } from './lab-options.js';
import type { RecordFlags } from './lab-options.js';
import { ProgressArea } from '../terminal/progress-area.js';

const SEEDS_MAX = 10_000_000;
const JOBS_MAX = 256;
const KEEP_MAX = 1_000;

interface SimFlags extends RecordFlags {
  readonly seeds: number;
  readonly from?: number;
  readonly jobs?: number;
  readonly json?: boolean;
  readonly trace?: boolean | string;
  readonly keep: number;
}

async function simulate(files: readonly string[], flags: SimFlags): Promise<void> {
  const { runSimulations } = await import('../../lab/campaign/run-simulations.js');
  const progress = new ProgressArea();
  const isWatched = process.stderr.isTTY && flags.trace === undefined;
  process.exitCode = await interruptible((signal) =>
    runSimulations({
      files,
      seeds: flags.seeds,
      json: flags.json ?? false,
      trace: flags.trace ?? false,
      keep: flags.keep,
      signal,
      write: (line) => progress.above(() => writeOut(line)),
      writeError: (line) => progress.above(() => writeErr(line)),
      ...(isWatched ? { showProgress: (text: string) => progress.show(text) } : {}),
      ...(flags.from === undefined ? {} : { from: flags.from }),
      ...(flags.jobs === undefined ? {} : { jobs: flags.jobs }),
      ...recordOption(flags),
    }),
  );
}

/** Adds `sim` to the `lab` command. Exit codes as of `run`; of several seeds, that of the worst. */
export function registerSim(program: Command): void {
  program
    .command('sim')
    .description('run scenario files on virtual time, from one seed after the other; the exit code is the verdict')
    .argument('<file...>', 'the scenarios, YAML: the same as for run')
    .option('--seeds <n>', 'how many seeds of each file', wholeNumber(1, SEEDS_MAX), 1)
    .option('--from <seed>', 'the first seed; left out: the one in the file, or 1', seedOption)
    .option('--jobs <n>', 'seeds at once; left out: one for each core', wholeNumber(1, JOBS_MAX))
    .option('--json', 'one JSON object a line: each seed, and the summary last')
    .option('--trace [filter]', 'tell who sent what to whom; with a filter, only lines that contain it, disks and timers too')
    .option('--keep <n>', 'seeds that do not pass and are recorded, at most', wholeNumber(1, KEEP_MAX), 3)
    .option('--record [dir]', 'record them in folders below this one (default: runs), for lab check, replay and shrink')
    .option('--no-record', 'record nothing')
    .addHelpText(
      'after',
      '\nExit codes: 0 all pass, 1 a promise broken, 2 unknown, 254 bad file or arguments, 255 the lab itself failed, 130 interrupted.\n' +
        'Of several seeds the first of these that one had: 130, 1, 255, 2, 0. Several files are summed up in a table at the end.',
    )
    .exitOverride(exitOnUsage)
    .action(simulate);
}
