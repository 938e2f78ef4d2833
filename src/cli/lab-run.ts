/** `lab run FILE.yaml`: runs a scenario on a cluster of its own and ends with the verdict as exit code. */
import { InvalidArgumentError } from 'commander';
import type { Command } from 'commander';
import { interruptible } from './interruptible.js';

const EXIT_BAD_ARGUMENTS = 254;

interface RunFlags {
  readonly seed?: number;
  readonly json?: boolean;
  readonly dir?: string;
  readonly record?: string | true;
}

/** Reads `--seed`. Throws commander's InvalidArgumentError on anything but an integer of 32 bits. */
function parseSeed(text: string): number {
  const seed = Number(text);
  if (!/^\d+$/.test(text) || seed > 0xffff_ffff) {
    throw new InvalidArgumentError('it must be a whole number from 0 to 4294967295.');
  }
  return seed;
}

async function run(file: string, flags: RunFlags): Promise<void> {
  const { runScenario } = await import('../supervisor/scenario/run-scenario.js');
  process.exitCode = await interruptible((signal) =>
    runScenario({
      file,
      json: flags.json ?? false,
      signal,
      write: (line) => void process.stdout.write(`${line}\n`),
      writeError: (line) => void process.stderr.write(`${line}\n`),
      ...(flags.seed === undefined ? {} : { seed: flags.seed }),
      ...(flags.dir === undefined ? {} : { dir: flags.dir }),
      ...(flags.record === undefined ? {} : { record: flags.record === true ? 'runs' : flags.record }),
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
    .option('--seed <n>', 'seed of every random choice, instead of the one in the file', parseSeed)
    .option('--json', 'one JSON object a line, the verdict last')
    .option('--record [dir]', 'keep history, events and results in a folder below this one (default: runs), for lab check')
    .option('--dir <dir>', "keep the cluster's data here; left out: a fresh folder, removed at the end")
    .addHelpText(
      'after',
      '\nExit codes: 0 pass, 1 a promise broken, 2 unknown, 254 bad file or arguments, 255 the lab itself failed, 130 interrupted.',
    )
    .exitOverride((error) => {
      process.exit(error.exitCode === 0 ? 0 : EXIT_BAD_ARGUMENTS);
    })
    .action(run);
}
