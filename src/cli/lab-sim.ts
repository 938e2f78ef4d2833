/** `lab sim FILE.yaml`: runs a scenario on virtual time, once for each of many seeds, and ends with the verdict as exit code. */
import { InvalidArgumentError } from 'commander';
import type { Command } from 'commander';
import { interruptible } from './interruptible.js';

const EXIT_BAD_ARGUMENTS = 254;
const SEED_MAX = 0xffff_ffff;
const SEEDS_MAX = 10_000_000;
const JOBS_MAX = 256;

interface SimFlags {
  readonly seeds: number;
  readonly from?: number;
  readonly jobs?: number;
  readonly json?: boolean;
  readonly trace?: boolean | string;
}

/** Reads a whole number. The returned parser throws commander's InvalidArgumentError on anything else. */
const wholeNumber =
  (min: number, max: number) =>
  (text: string): number => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= min && value <= max) return value;
    throw new InvalidArgumentError(`it must be a whole number from ${min} to ${max}.`);
  };

/** The last line of a terminal, drawn over and over; results are written above it. */
class ProgressLine {
  #text = '';

  show(text: string): void {
    this.#text = text;
    this.#draw();
  }

  /** Writes a line where the progress stood. */
  above(write: () => void): void {
    if (this.#text !== '') process.stderr.write('\r\u001b[K');
    write();
    if (this.#text !== '') this.#draw();
  }

  #draw(): void {
    process.stderr.write(`\r\u001b[K${this.#text.slice(0, (process.stderr.columns || 80) - 1)}`);
  }
}

async function simulate(file: string, flags: SimFlags): Promise<void> {
  const { runSimulations } = await import('../supervisor/simulation/run-simulations.js');
  const progress = new ProgressLine();
  const isWatched = process.stderr.isTTY && flags.trace === undefined;
  process.exitCode = await interruptible((signal) =>
    runSimulations({
      file,
      seeds: flags.seeds,
      json: flags.json ?? false,
      trace: flags.trace ?? false,
      signal,
      write: (line) => progress.above(() => void process.stdout.write(`${line}\n`)),
      writeError: (line) => progress.above(() => void process.stderr.write(`${line}\n`)),
      ...(isWatched ? { showProgress: (text: string) => progress.show(text) } : {}),
      ...(flags.from === undefined ? {} : { from: flags.from }),
      ...(flags.jobs === undefined ? {} : { jobs: flags.jobs }),
    }),
  );
}

/** Adds `sim` to the `lab` command. Exit codes as of `run`; of several seeds, that of the worst. */
export function registerSim(program: Command): void {
  program
    .command('sim')
    .description('run a scenario file on virtual time, from one seed after the other; the exit code is the verdict')
    .argument('<file>', 'the scenario, YAML: the same as for run')
    .option('--seeds <n>', 'how many seeds', wholeNumber(1, SEEDS_MAX), 1)
    .option('--from <seed>', 'the first seed; left out: the one in the file, or 1', wholeNumber(0, SEED_MAX))
    .option('--jobs <n>', 'seeds at once; left out: one for each core', wholeNumber(1, JOBS_MAX))
    .option('--json', 'one JSON object a line: each seed, and the sum last')
    .option('--trace [filter]', 'tell who sent what to whom; with a filter, only lines that contain it, disks and timers too')
    .addHelpText(
      'after',
      '\nExit codes: 0 all pass, 1 a promise broken, 2 unknown, 254 bad file or arguments, 255 the lab itself failed, 130 interrupted.',
    )
    .exitOverride((error) => {
      process.exit(error.exitCode === 0 ? 0 : EXIT_BAD_ARGUMENTS);
    })
    .action(simulate);
}
