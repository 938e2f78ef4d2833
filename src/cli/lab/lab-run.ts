/** `lab run FILE.yaml …`: runs scenarios, each on a cluster of its own, and ends with the verdict as exit code. */
import { Option } from 'commander';
import type { Command } from 'commander';
import type { RuntimeKind } from '../../supervisor/api/cluster-status.js';
import { interruptible } from '../terminal/interruptible.js';
import { exitOnUsage, recordOption, seedOption, wholeNumber, writeErr, writeOut } from './lab-options.js';
import type { RecordFlags } from './lab-options.js';
import { ProgressArea } from '../terminal/progress-area.js';

const REPEAT_MAX = 100_000;
/** Each is a cluster of many processes. */
const JOBS_MAX = 64;

interface RunFlags extends RecordFlags {
  readonly seed?: number;
  readonly repeat: number;
  readonly jobs: number;
  readonly runtime?: RuntimeKind;
  readonly failFast?: boolean;
  readonly junit?: string;
  readonly json?: boolean;
  readonly dir?: string;
}

async function run(files: readonly string[], flags: RunFlags): Promise<void> {
  const { runScenario } = await import('../../lab/campaign/run-scenario.js');
  const progress = new ProgressArea();
  process.exitCode = await interruptible((signal) =>
    runScenario({
      files,
      repeat: flags.repeat,
      jobs: flags.jobs,
      failFast: flags.failFast ?? false,
      json: flags.json ?? false,
      signal,
      write: (line) => progress.above(() => writeOut(line)),
      writeError: (line) => progress.above(() => writeErr(line)),
      writeProgress: writeErr,
      ...(process.stderr.isTTY ? { showProgress: (text: string) => progress.show(text) } : {}),
      ...(flags.seed === undefined ? {} : { seed: flags.seed }),
      ...(flags.runtime === undefined ? {} : { runtime: flags.runtime }),
      ...(flags.junit === undefined ? {} : { junit: flags.junit }),
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
    .description('run scenario files, each on a cluster of its own; the exit code is the verdict')
    .argument('<file...>', 'the scenarios, YAML')
    .option('--seed <n>', 'seed of every random choice, instead of those in the files', seedOption)
    .option('--repeat <n>', 'runs of each file; each gets a seed that follows from the first', wholeNumber(1, REPEAT_MAX), 1)
    .option('--jobs <n>', 'runs at the same time, each with a network and folder of its own', wholeNumber(1, JOBS_MAX), 1)
    .addOption(
      new Option('--runtime <kind>', 'host nodes as processes or threads, instead of what the files say').choices([
        'process',
        'thread',
      ]),
    )
    .option('--fail-fast', 'start no other run after one that does not pass; those under way come to their end')
    .option('--junit <file>', 'write a JUnit document with a test case for each run')
    .option('--json', 'one JSON object a line; of several runs each has its number, and the summary comes last')
    .option('--record [dir]', 'keep history, events, logs and results in a folder below this one (default: runs), for lab check')
    .option('--no-record', 'keep nothing')
    .option('--dir <dir>', "keep the cluster's data here; left out: a fresh folder, removed at the end")
    .addHelpText(
      'after',
      '\nExit codes: 0 pass, 1 a promise broken, 2 unknown, 254 bad file or arguments, 255 the lab itself failed, 130 interrupted.\n' +
        'Of several runs the first of these that one had: 130, 1, 255, 2, 0. With 254 nothing was started.\n' +
        'Several files, or several runs at the same time, are told in a line each, and all in a table at the end.',
    )
    .exitOverride(exitOnUsage)
    .action(run);
}
