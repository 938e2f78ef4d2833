/** Runs a recorded run again: a simulated one on virtual time, where it must be the same to the last event; a real one on processes. */
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

export interface ReplayOptions {
  /** The folder of the run. */
  readonly run: string;
  readonly json: boolean;
  /** Of a simulated run: tells who sent what to whom; a text: only lines that contain it. */
  readonly trace: boolean | string;
  /** Of a run on processes: keeps a record of the new run in a folder below this one. */
  readonly record?: string;
  readonly signal: AbortSignal;
  /** A line of results, without the line feed. */
  readonly write: (line: string) => void;
  /** A line about what is wrong. */
  readonly writeError: (line: string) => void;
}

/** What runs it; tests give their own. */
export interface ReplayWorld {
  readonly openRunner: OpenRunner;
  readonly runScenario: (options: RunScenarioOptions) => Promise<number>;
}

const REAL_WORLD: ReplayWorld = { openRunner: openSeedRunner, runScenario };

const ANOTHER_BUILD = 'the run was of another build, scenario grammar or Node version, or it is not deterministic';

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
      this.#complain(error instanceof Error ? error.message : String(error));
      return EXIT.badFile;
    }
    if (inputs.mode === 'simulation') return this.#simulate(inputs);
    const { run, json, record, signal, write, writeError, trace } = this.#options;
    if (trace !== false) {
      this.#complain('There is no trace of a run on processes: leave out --trace');
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
      this.#complain('Interrupted: the run was not repeated to its end');
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
 * Runs it again. Never rejects for what is wrong with the folder.
 * @returns the exit code. Of a simulated run: 0 the same verdict and digest, 1 another. Of one on processes: as of `lab run`. 254 bad
 * folder, 130 interrupted
 */
export async function replayRun(options: ReplayOptions, world: ReplayWorld = REAL_WORLD): Promise<number> {
  return new Replay(options, world).run();
}
