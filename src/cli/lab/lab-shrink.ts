/** `lab shrink RUN|FILE`: cuts a failing schedule to a minimal one, in simulation. */
import type { Call } from '../terminal/command-row.js';
import { interruptible } from '../terminal/interruptible.js';
import { writeLine } from '../terminal/standard-output.js';
import { writeErr } from './lab-options.js';
import { ProgressArea } from '../terminal/progress-area.js';

interface ShrinkFlags {
  readonly seed?: number;
  readonly trials: number;
  readonly out?: string;
  readonly json?: boolean;
}

/**
 * Exit codes: 0 cut and verified, 2 no failure in simulation, 254 bad folder, file or arguments, 255 the lab itself failed,
 * 130 interrupted.
 */
export async function shrink({ args: [what], flags }: Call<readonly [string], ShrinkFlags>): Promise<void> {
  const { shrinkRun } = await import('../../lab/campaign/shrink-run.js');
  const progress = new ProgressArea();
  process.exitCode = await interruptible((signal) =>
    shrinkRun({
      what,
      trials: flags.trials,
      json: flags.json ?? false,
      signal,
      write: (line) => progress.above(() => writeLine(line)),
      writeError: (line) => progress.above(() => writeErr(line)),
      ...(process.stderr.isTTY ? { showProgress: (text: string) => progress.show(text) } : {}),
      ...(flags.seed === undefined ? {} : { seed: flags.seed }),
      ...(flags.out === undefined ? {} : { out: flags.out }),
    }),
  );
}
