/** `lab replay RUN`: runs a recorded run again and reports whether the result is the same. */
import type { Call } from '../terminal/command-row.js';
import { interruptible } from '../terminal/interruptible.js';
import { writeLine } from '../terminal/standard-output.js';
import { recordOption, writeErr } from './lab-options.js';
import type { RecordFlags } from './lab-options.js';

interface ReplayFlags extends RecordFlags {
  readonly json?: boolean;
  readonly trace?: boolean | string;
}

/**
 * Exit codes of a simulated run: 0 the same result, 1 another result. Of a run on processes: as for `run`. 254 bad folder or
 * arguments, 255 the lab itself failed, 130 interrupted.
 */
export async function replay({ args: [folder], flags }: Call<readonly [string], ReplayFlags>): Promise<void> {
  const { replayRun } = await import('../../lab/campaign/replay-run.js');
  process.exitCode = await interruptible((signal) =>
    replayRun({
      run: folder,
      json: flags.json ?? false,
      trace: flags.trace ?? false,
      signal,
      write: writeLine,
      writeError: writeErr,
      ...recordOption(flags),
    }),
  );
}
