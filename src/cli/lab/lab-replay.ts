/** `lab replay RUN`: runs a recorded run again and says whether it was the same. */
import type { Command } from 'commander';
import { interruptible } from '../terminal/interruptible.js';
import { exitOnUsage, recordOption, writeErr, writeOut } from './lab-options.js';
import type { RecordFlags } from './lab-options.js';

interface ReplayFlags extends RecordFlags {
  readonly json?: boolean;
  readonly trace?: boolean | string;
}

async function replay(folder: string, flags: ReplayFlags): Promise<void> {
  const { replayRun } = await import('../../lab/campaign/replay-run.js');
  process.exitCode = await interruptible((signal) =>
    replayRun({
      run: folder,
      json: flags.json ?? false,
      trace: flags.trace ?? false,
      signal,
      write: writeOut,
      writeError: writeErr,
      ...recordOption(flags),
    }),
  );
}

/**
 * Adds `replay` to the `lab` command. Exit codes of a simulated run: 0 it was the same, 1 it was another. Of one on processes: as of
 * `run`. 254 bad folder or arguments, 255 the lab itself failed, 130 interrupted.
 */
export function registerReplay(program: Command): void {
  program
    .command('replay')
    .description('run a recorded run again: a simulated one to the same last event, one on processes with the same faults')
    .argument('<run>', 'the folder: runs/<time>-<seed>')
    .option('--json', 'one JSON object a line')
    .option('--trace [filter]', 'of a simulated run: tell who sent what to whom; with a filter, only lines that contain it')
    .option('--record [dir]', 'of a run on processes: record the new run in a folder below this one (default: runs)')
    .option('--no-record', 'keep nothing')
    .addHelpText(
      'after',
      '\nExit codes of a simulated run: 0 the same verdict and events, 1 others; of a run on processes: as of run.\n' +
        '254 bad folder or arguments, 255 the lab itself failed, 130 interrupted.',
    )
    .exitOverride(exitOnUsage)
    .action(replay);
}
