/** Runs many seeds of a scenario file on virtual time, from reading the file to the exit code. */
import { availableParallelism } from 'node:os';
import { nodeClock } from '../../runtime/node/node-clock.js';
import { readScenario } from '../scenario/read-scenario.js';
import type { Scenario } from '../scenario/scenario.js';
import { EXIT } from '../scenario/verdict-event.js';
import { openSeedRunner, wasInterrupted } from './seed-runner.js';
import type { SeedRunner } from './seed-runner.js';
import type { SeedResult, SeedTask } from './seed-task.js';
import { progressText, replayCommand, seedLines, summaryText } from './sim-report.js';
import type { KeptRun, SimSummary } from './sim-report.js';
import { SimRecord } from './sim-record.js';
import { traceObserver } from './trace-observer.js';

const SEED_MAX = 0xffff_ffff;
const DEFAULT_SEED = 1;
const KEEP_DEFAULT = 3;

export interface RunSimulationsOptions {
  /** Path of the YAML file. */
  readonly file: string;
  readonly seeds: number;
  /** The first seed. Left out: the one in the file, or 1. */
  readonly from?: number;
  /** How many at once. Left out: one for each core. */
  readonly jobs?: number;
  /** One JSON object a line instead of text. */
  readonly json: boolean;
  /** Seeds that do not pass are run again in this thread and recorded in folders below this one. */
  readonly record?: string;
  /** How many of them, at most. Left out: KEEP_DEFAULT. */
  readonly keep?: number;
  /** Tells who sent what to whom; a text: only lines that contain it. */
  readonly trace: boolean | string;
  /** Fires when a person interrupts: the exit code is 130. */
  readonly signal: AbortSignal;
  /** A line of results, without the line feed. */
  readonly write: (line: string) => void;
  /** A line about what is wrong. */
  readonly writeError: (line: string) => void;
  /** How far it is, again and again; left out where nobody watches. */
  readonly showProgress?: (text: string) => void;
}

/** Runs seeds; tests give their own. */
export type OpenRunner = typeof openSeedRunner;

class SimulationSession {
  readonly #options: RunSimulationsOptions;
  readonly #openRunner: OpenRunner;
  readonly #results: SeedResult[] = [];
  /** Results that came before those of earlier seeds. */
  readonly #early = new Map<number, SeedResult>();
  #nextShown = 0;
  #kept = 0;
  /** One at a time: two simulations in one thread, for their records, would mix their turns. */
  #showing: Promise<void> = Promise.resolve();

  constructor(options: RunSimulationsOptions, openRunner: OpenRunner) {
    this.#options = options;
    this.#openRunner = openRunner;
  }

  async run(): Promise<number> {
    const { file, seeds, signal } = this.#options;
    const read = await readScenario(file);
    if (!read.ok) {
      for (const problem of read.problems) this.#complain(problem.message, problem);
      return EXIT.badFile;
    }
    const { scenario, source } = read;
    const from = this.#options.from ?? scenario.seed ?? DEFAULT_SEED;
    if (from + seeds - 1 > SEED_MAX) {
      this.#complain(`Seeds ${from} to ${from + seeds - 1} end above ${SEED_MAX}, the largest there is`);
      return EXIT.badFile;
    }
    const startedMs = nodeClock.nowMs();
    this.#nextShown = from;
    const jobs = Math.min(this.#options.jobs ?? availableParallelism(), seeds);
    const runner = await this.#openRunner(jobs, this.#observer(), signal);
    const onInterrupt = (): void => void runner.close();
    signal.addEventListener('abort', onInterrupt, { once: true });
    try {
      const waiting = Array.from({ length: seeds }, (_, index) => from + index);
      const lane = async (): Promise<void> => {
        for (let seed = waiting.shift(); seed !== undefined && !signal.aborted; seed = waiting.shift()) {
          const result = await runner.run({ scenario, seed });
          if (wasInterrupted(signal, result)) return;
          this.#results.push(result);
          this.#early.set(seed, result);
          await this.#showReady(runner, scenario, source);
          const failed = this.#results.filter((result) => result.verdict !== 'pass').length;
          this.#options.showProgress?.(progressText(this.#results.length, seeds, failed, nodeClock.nowMs() - startedMs));
        }
      };
      this.#options.showProgress?.(progressText(0, seeds, 0, 0));
      await Promise.all(Array.from({ length: runner.jobs }, lane));
    } catch (error) {
      if (!signal.aborted) {
        this.#complain(`The lab failed: ${error instanceof Error ? error.message : String(error)}`);
        return EXIT.labFailed;
      }
    } finally {
      signal.removeEventListener('abort', onInterrupt);
      await this.#close(runner);
    }
    if (signal.aborted) {
      this.#complain(`Interrupted after ${this.#results.length} of ${seeds} seeds`);
      return EXIT.interrupted;
    }
    return this.#sum(nodeClock.nowMs() - startedMs);
  }

  async #close(runner: SeedRunner): Promise<void> {
    // Threads that do not end have no result to lose.
    await runner.close().catch(() => undefined);
    this.#options.showProgress?.('');
  }

  /** Who watches the simulation from inside; null when nobody does, and threads may do the work. */
  #observer(): Parameters<OpenRunner>[1] {
    const { trace, write, json } = this.#options;
    return trace === false ? null : traceObserver(trace, json, write);
  }

  /** Shows results in the order of their seeds, whichever ends first; so the first ones that fail are recorded. Never rejects. */
  #showReady(runner: SeedRunner, scenario: Scenario, source: string): Promise<void> {
    this.#showing = this.#showing.then(async () => {
      for (let next = this.#early.get(this.#nextShown); next !== undefined; next = this.#early.get(this.#nextShown)) {
        this.#early.delete(this.#nextShown);
        this.#nextShown += 1;
        this.#show(next, await this.#record(runner, { scenario, seed: next.seed }, source, next));
      }
    });
    return this.#showing;
  }

  /** Runs a seed that did not pass again, with a record; undefined when none is wanted (any more), or it cannot be made. */
  async #record(runner: SeedRunner, task: SeedTask, source: string, first: SeedResult): Promise<KeptRun | undefined> {
    const { record, keep = KEEP_DEFAULT, signal } = this.#options;
    if (record === undefined || first.verdict === 'pass' || this.#kept >= keep || signal.aborted) return undefined;
    this.#kept += 1;
    try {
      const folder = new SimRecord(record, task.scenario, source, task.seed);
      try {
        const again = await runner.watch(task, folder.observer);
        if (wasInterrupted(signal, again)) return undefined;
        folder.finish(again);
        const report = this.#report(folder);
        return {
          path: folder.path,
          ...(report === undefined ? {} : { report }),
          differs: again.digest !== first.digest || again.verdict !== first.verdict,
        };
      } finally {
        folder.close();
      }
    } catch (error) {
      this.#complain(`Seed ${task.seed} was not recorded: ${error instanceof Error ? error.message : String(error)}`);
      return undefined;
    }
  }

  /** The record stands without it: what cannot be written is said. @returns where it is */
  #report(folder: SimRecord): string | undefined {
    try {
      return folder.report();
    } catch (error) {
      this.#complain(`The report was not made: ${error instanceof Error ? error.message : String(error)}`);
      return undefined;
    }
  }

  #show(result: SeedResult, kept: KeptRun | undefined): void {
    const { file, json, write } = this.#options;
    if (!json) for (const line of seedLines(result, file, kept)) write(line);
    else if (result.verdict === 'pass') write(JSON.stringify(result));
    else
      write(
        JSON.stringify({ ...result, replay: replayCommand(file, result.seed), ...(kept === undefined ? {} : { record: kept }) }),
      );
  }

  #sum(realMs: number): number {
    const count = (verdict: SeedResult['verdict']): number => this.#results.filter((result) => result.verdict === verdict).length;
    const [fail, error, unknown] = [count('fail'), count('error'), count('unknown')];
    const exitCode = fail > 0 ? EXIT.fail : error > 0 ? EXIT.labFailed : unknown > 0 ? EXIT.unknown : EXIT.pass;
    const summary: SimSummary = {
      event: 'summary',
      seeds: this.#results.length,
      pass: count('pass'),
      fail,
      unknown,
      error,
      virtualMs: this.#results.reduce((sum, result) => sum + result.virtualMs, 0),
      realMs: Math.round(realMs),
      seedsPerSecond: (this.#results.length * 1_000) / Math.max(1, realMs),
      exitCode,
    };
    this.#options.write(this.#options.json ? JSON.stringify(summary) : summaryText(summary));
    return exitCode;
  }

  #complain(message: string, event: object = { event: 'error', message }): void {
    if (this.#options.json) this.#options.write(JSON.stringify(event));
    else this.#options.writeError(message);
  }
}

/**
 * Runs the seeds. Never rejects.
 * @returns the exit code: 0 all pass, 1 a promise broken in one, 255 one could not be simulated, 2 one is unknown, 254 bad file, 130 interrupted
 */
export async function runSimulations(options: RunSimulationsOptions, openRunner: OpenRunner = openSeedRunner): Promise<number> {
  return new SimulationSession(options, openRunner).run();
}
