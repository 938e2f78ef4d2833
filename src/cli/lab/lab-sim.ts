/** `lab sim FILE.yaml …`: runs scenarios on virtual time, once for each of many seeds; the exit code is the verdict. */
import type { Call } from '../terminal/command-row.js';
import { interruptible } from '../terminal/interruptible.js';
import { writeLine } from '../terminal/standard-output.js';
import { recordOption, writeErr } from './lab-options.js';
import type { RecordFlags } from './lab-options.js';
import { ProgressArea } from '../terminal/progress-area.js';

interface SimFlags extends RecordFlags {
  readonly seeds: number;
  readonly canary: boolean;
  readonly from?: number;
  readonly jobs?: number;
  readonly json?: boolean;
  readonly trace?: boolean | string;
  readonly keep: number;
}

/** Exit codes as for `run`; with several seeds, that of the worst verdict. */
export async function simulate({ args: [files], flags }: Call<readonly [readonly string[]], SimFlags>): Promise<void> {
  const { runSimulations } = await import('../../lab/campaign/run-simulations.js');
  const progress = new ProgressArea();
  const isWatched = process.stderr.isTTY && flags.trace === undefined;
  process.exitCode = await interruptible((signal) =>
    runSimulations({
      files,
      seeds: flags.seeds,
      canary: flags.canary && flags.trace === undefined,
      json: flags.json ?? false,
      trace: flags.trace ?? false,
      keep: flags.keep,
      signal,
      write: (line) => progress.above(() => writeLine(line)),
      writeError: (line) => progress.above(() => writeErr(line)),
      ...(isWatched ? { showProgress: (text: string) => progress.show(text) } : {}),
      ...(flags.from === undefined ? {} : { from: flags.from }),
      ...(flags.jobs === undefined ? {} : { jobs: flags.jobs }),
      ...recordOption(flags),
    }),
  );
}
