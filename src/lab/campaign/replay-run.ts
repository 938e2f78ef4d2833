/** Repeats a recorded run. A simulated run is repeated on virtual time with identical events; a real run on processes. */
import { join } from 'node:path';
import { readScenario } from '../scenario/grammar/read-scenario.js';
import { runScenario } from './run-scenario.js';
import type { RunScenarioOptions } from './run-scenario.js';
import { textLines } from '../run/run-events.js';
import { EXIT } from '../run/verdict-event.js';
import { openSeedRunner } from '../simulation/seed-runner.js';
import type { SeedResult } from '../simulation/seed-task.js';
import { traceObserver } from '../simulation/trace-observer.js';
import type { OpenRunner } from './run-simulations.js';
import { readRecordedRun, RESOLVED_FILE, SCENARIO_FILE } from '../record/run-folder.js';
import type { RecordedRun } from '../record/run-results.js';
import { messageOf } from '../../shared/error-text.js';

export interface ReplayOptions {
  /** The run folder. */
  readonly run: string;
  readonly json: boolean;
  /** Prints the trace of a simulated run; a text: only lines that contain the text. */
  readonly trace: boolean | string;
  /** Of a run on processes: folder for the record of the new run; the run folder is created below. */
  readonly record?: string;
  readonly signal: AbortSignal;
  /** Writes a line of results, without the line feed. */
  readonly write: (line: string) => void;
  /** Writes a line about an error. */
  readonly writeError: (line: string) => void;
}

/** Functions that carry out the run; tests replace them. */
export interface ReplayWorld {
  readonly openRunner: OpenRunner;
  readonly runScenario: (options: RunScenarioOptions) => Promise<number>;
}

const REAL_WORLD: ReplayWorld = { openRunner: openSeedRunner, runScenario };

const ANOTHER_BUILD = 'the build, the scenario grammar or the Node version differs, or the run is not deterministic';

class Replay {
  readonly #options: ReplayOptions;
  readonly #world: ReplayWorld;

  constructor(options: ReplayOptions, world: ReplayWorld) {
    this.#options = options;
    this.#world = world;
  }

  async run(): Promise<number> {
    let inputs: RecordedRun;
    try {
      inputs = readRecordedRun(this.#options.run);
    } catch (error) {
      this.#complain(messageOf(error));
      return EXIT.badFile;
    }
    if (inputs.mode === 'simulation') return this.#simulate(inputs);
    const { run, json, record, signal, write, writeError, trace } = this.#options;
    if (trace !== false) {
      this.#complain('--trace needs a simulated run: runs on processes have no trace');
      return EXIT.badFile;
    }
    const file = join(run, RESOLVED_FILE);
    const kept = record === undefined ? {} : { record };
    return this.#world.runScenario({ files: [file], seed: inputs.seed, json, signal, write, writeError, ...kept });
  }

  async #simulate(inputs: RecordedRun): Promise<number> {
    const { run, json, trace, signal, write } = this.#options;
    const read = await readScenario(join(run, SCENARIO_FILE));
    if (!read.ok) {
      for (const problem of read.problems) this.#complain(textLines(problem).join('\n'));
      return EXIT.badFile;
    }
    const observer = trace === false ? {} : traceObserver(trace, json, write);
    const runner = await this.#world.openRunner(1, observer, signal);
    const { seed } = inputs;
    const again = await runner.run({ scenario: read.scenario, seed });
    await runner.close();
    if (signal.aborted) {
      this.#complain('Interrupted: the run was not repeated completely');
      return EXIT.interrupted;
    }
    return this.#compare(inputs, again);
  }

  #compare({ scenario, seed, recorded, simulation }: RecordedRun, again: SeedResult): number {
    const digest = simulation?.digest ?? '';
    const isSame = again.verdict === recorded && again.digest === digest;
    const exitCode = isSame ? EXIT.pass : EXIT.fail;
    const { write, json } = this.#options;
    if (json) {
      const then = { verdict: recorded, digest };
      const now = { verdict: again.verdict, digest: again.digest, reasons: again.reasons };
      write(JSON.stringify({ event: 'replay', scenario, seed, same: isSame, then, now, exitCode }));
      return exitCode;
    }
    write(`then  ${recorded.padEnd(7)}  ${digest}`);
    write(`now   ${again.verdict.padEnd(7)}  ${again.digest}`);
    for (const reason of again.reasons) for (const line of reason.split('\n')) write(`  - ${line}`);
    write(isSame ? `the same run (${scenario}, seed ${seed})` : `another run (${scenario}, seed ${seed}): ${ANOTHER_BUILD}`);
    return exitCode;
  }

  #complain(message: string): void {
    if (this.#options.json) this.#options.write(JSON.stringify({ event: 'error', message }));
    else this.#options.writeError(message);
  }
}

/**
 * Repeats the run. Errors of the folder are reported; never rejects because of them.
 * @returns the exit code. Of a simulated run: 0 same verdict and digest, 1 different. Of a run on processes: as `lab run`. 254
 *   invalid folder, 130 interrupted
 */
export async function replayRun(options: ReplayOptions, world: ReplayWorld = REAL_WORLD): Promise<number> {
  return new Replay(options, world).run();
}
