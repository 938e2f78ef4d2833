/** Runs many seeds of a scenario file on virtual time, from reading the file to the exit code. */
import { availableParallelism } from 'node:os';
import { nodeClock } from '../../runtime/node/node-clock.js';
import { readScenario } from '../scenario/read-scenario.js';
import { textLines } from '../scenario/run-events.js';
import type { RunEvent } from '../scenario/run-events.js';
import { EXIT } from '../scenario/verdict-event.js';
import { openSeedRunner } from './seed-runner.js';
import type { SeedRunner } from './seed-runner.js';
import type { SeedResult } from './seed-task.js';
import { progressText, replayCommand, seedLines, summaryText } from './sim-report.js';
import type { SimSummary } from './sim-report.js';
import { TraceLines } from './trace-line.js';

const SEED_MAX = 0xffff_ffff;
const DEFAULT_SEED = 1;

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
    const { scenario } = read;
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
          this.#take(await runner.run({ scenario, seed }));
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
    if (trace === false) return null;
    const filter = trace === true ? undefined : trace;
    const lines = new TraceLines(filter);
    const onRunEvent = (event: RunEvent, virtualMs: number): void => {
      if (event.event === 'tick') return;
      if (json) write(JSON.stringify(event));
      else for (const line of textLines(event)) write(`${(virtualMs / 1_000).toFixed(6).padStart(12)}s  # ${line.trim()}`);
    };
    return {
      onRunEvent,
      onSimEvent: (event) => {
        const line = lines.line(event);
        if (line !== null) write(json ? JSON.stringify({ event: 'trace', ...event }) : line);
      },
    };
  }

  /** Shows results in the order of their seeds, whichever ends first. */
  #take(result: SeedResult): void {
    this.#results.push(result);
    this.#early.set(result.seed, result);
    for (let next = this.#early.get(this.#nextShown); next !== undefined; next = this.#early.get(this.#nextShown)) {
      this.#early.delete(this.#nextShown);
      this.#nextShown += 1;
      this.#show(next);
    }
  }

  #show(result: SeedResult): void {
    const { file, json, write } = this.#options;
    if (!json) for (const line of seedLines(result, file)) write(line);
    else write(JSON.stringify(result.verdict === 'pass' ? result : { ...result, replay: replayCommand(file, result.seed) }));
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
