/** `lab run FILE.yaml …`: runs scenarios, each on a cluster of its own, and ends with the verdict as exit code. */
import type { RuntimeKind } from '../../supervisor/api/cluster-status.js';
import type { Call } from '../terminal/command-row.js';
import { interruptible } from '../terminal/interruptible.js';
import { writeLine } from '../terminal/standard-output.js';
import { recordOption, writeErr } from './lab-options.js';
import type { RecordFlags } from './lab-options.js';
import { ProgressArea } from '../terminal/progress-area.js';

interface RunFlags extends RecordFlags {
  readonly seed?: number;
  readonly repeat: number;
  readonly jobs: number;
  readonly runtime?: RuntimeKind;
  readonly failFast?: boolean;
  readonly canary: boolean;
  readonly junit?: string;
  readonly json?: boolean;
  readonly dir?: string;
}

/** Exit codes: 0 pass, 1 a guarantee violated, 2 unknown, 254 bad file or arguments, 255 the lab itself failed, 130 interrupted. */
export async function run({ args: [files], flags }: Call<readonly [readonly string[]], RunFlags>): Promise<void> {
  const { runScenario } = await import('../../lab/campaign/run-scenario.js');
  const progress = new ProgressArea();
  process.exitCode = await interruptible((signal) =>
    runScenario({
      files,
      repeat: flags.repeat,
      jobs: flags.jobs,
      failFast: flags.failFast ?? false,
      canary: flags.canary,
      json: flags.json ?? false,
      signal,
      write: (line) => progress.above(() => writeLine(line)),
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
