/** Runs many seeds of scenario files on virtual time, from reading the files to the exit code. */
import { availableParallelism } from 'node:os';
import { nodeClock } from '../../runtime/node/node-clock.js';
import { canaryLine, runCanary } from './canary.js';
import { readScenarioFiles } from './scenario-files.js';
import type { ScenarioFile } from './scenario-files.js';
import { exitCodeOf, sumOutcomes, summaryLines, worstExitCode } from './summary.js';
import { EXIT } from '../run/verdict-event.js';
import { openSeedRunner, wasInterrupted } from '../simulation/seed-runner.js';
import type { SeedRunner } from '../simulation/seed-runner.js';
import type { SeedResult } from '../simulation/seed-task.js';
import { progressText, replayCommand, seedLines, summaryText } from './sim-report.js';
import type { KeptRun, SimSummary } from './sim-report.js';
import { SimRecord } from './sim-record.js';
import { traceObserver } from '../simulation/trace-observer.js';
import { DfsError } from '../../shared/errors.js';
import { messageOf } from '../../shared/error-text.js';

const SEED_MAX = 0xffff_ffff;
const DEFAULT_SEED = 1;
const KEEP_DEFAULT = 3;

export interface RunSimulationsOptions {
  /** Paths of YAML files, without duplicates. */
  readonly files: readonly string[];
  /** Number of seeds of each file. */
  readonly seeds: number;
  /** The first seed. Default: the seed in the file, or 1. */
  readonly from?: number;
  /** Number of concurrent seeds. Default: one for each core. */
  readonly jobs?: number;
  /** Runs a canary before several seeds (see canary.ts). Default: false. */
  readonly canary?: boolean;
  /** Prints one JSON object a line instead of text. */
  readonly json: boolean;
  /** Folder of the records: seeds that do not pass are repeated in this thread, and recorded in folders below. */
  readonly record?: string;
  /** Limit of these records. Default: KEEP_DEFAULT. */
  readonly keep?: number;
  /** Prints a trace; a text: only lines that contain the text. */
  readonly trace: boolean | string;
  /** Fires on an interruption by the user: the exit code is 130. */
  readonly signal: AbortSignal;
  /** Writes a line of results, without the line feed. */
  readonly write: (line: string) => void;
  /** Writes a line about an error. */
  readonly writeError: (line: string) => void;
  /** Shows the progress repeatedly. Absent: there is no terminal. */
  readonly showProgress?: (text: string) => void;
}

/** Opens what runs seeds; tests replace it. */
export type OpenRunner = typeof openSeedRunner;

/** A file with its first seed. */
interface SeededFile extends ScenarioFile {
  readonly from: number;
}

/** One seed of one file. */
interface Task {
  /** Index over all files, from 0: seeds of the first file come first. */
  readonly index: number;
  readonly entry: SeededFile;
  readonly seed: number;
}

interface Ended extends Task {
  readonly result: SeedResult;
  readonly kept: KeptRun | undefined;
}

class SimulationSession {
  readonly #options: RunSimulationsOptions;
  readonly #openRunner: OpenRunner;
  #files: readonly SeededFile[] = [];
  #done = 0;
  #notPassed = 0;
  readonly #shown: Ended[] = [];
  /** Results that came before those of earlier tasks, by index. */
  readonly #early = new Map<number, SeedResult>();
  #kept = 0;
  #isCanaryMissed = false;
  /** One at a time: two recorded simulations in one thread would interleave. */
  #showing: Promise<void> = Promise.resolve();

  constructor(options: RunSimulationsOptions, openRunner: OpenRunner) {
    this.#options = options;
    this.#openRunner = openRunner;
  }

  async run(): Promise<number> {
    const { files: paths, seeds, signal } = this.#options;
    const read = await readScenarioFiles(paths, { moreRuns: '--seeds' });
    if (!read.ok) {
      for (const problem of read.problems) this.#complain(problem.message, problem);
      return EXIT.badFile;
    }
    this.#files = read.files.map((entry) => ({ ...entry, from: this.#options.from ?? entry.scenario.seed ?? DEFAULT_SEED }));
    for (const { from } of this.#files) {
      if (from + seeds - 1 <= SEED_MAX) continue;
      this.#complain(`Seeds ${from} to ${from + seeds - 1} exceed the largest seed, ${SEED_MAX}`);
      return EXIT.badFile;
    }
    const startedMs = nodeClock.nowMs();
    const total = seeds * this.#files.length;
    const jobs = Math.min(this.#options.jobs ?? availableParallelism(), total);
    const runner = await this.#openRunner(jobs, this.#observer(), signal);
    const onInterrupt = (): void => void runner.close();
    signal.addEventListener('abort', onInterrupt, { once: true });
    try {
      let nextIndex = 0;
      const lane = async (): Promise<void> => {
        for (let task = this.#task(nextIndex); task !== null && !signal.aborted; task = this.#task(nextIndex)) {
          nextIndex += 1;
          const result = await runner.run({ scenario: task.entry.scenario, seed: task.seed });
          if (wasInterrupted(signal, result)) return;
          this.#done += 1;
          if (result.verdict !== 'pass') this.#notPassed += 1;
          this.#early.set(task.index, result);
          await this.#showReady(runner);
          this.#options.showProgress?.(progressText(this.#done, total, this.#notPassed, nodeClock.nowMs() - startedMs));
        }
      };
      this.#options.showProgress?.(progressText(0, total, 0, 0));
      if (this.#options.canary === true && total > 1) await this.#runCanary(runner);
      await Promise.all(Array.from({ length: runner.jobs }, lane));
    } catch (error) {
      if (!signal.aborted) {
        this.#complain(`The lab failed: ${messageOf(error)}`);
        return EXIT.labFailed;
      }
    } finally {
      signal.removeEventListener('abort', onInterrupt);
      await this.#close(runner);
    }
    if (signal.aborted) {
      this.#complain(`Interrupted after ${this.#done} of ${total} seeds`);
      if (this.#files.length > 1) this.#sum(nodeClock.nowMs() - startedMs);
      return EXIT.interrupted;
    }
    return this.#sum(nodeClock.nowMs() - startedMs);
  }

  /** Runs the canary, and prints its outcome. @throws DfsError INTERNAL when it cannot be simulated */
  async #runCanary(runner: SeedRunner): Promise<void> {
    const event = await runCanary(true, async ({ scenario, seed }) => {
      const { verdict, reasons, checks } = await runner.run({ scenario, seed, isLying: true });
      if (verdict === 'error') throw new DfsError('INTERNAL', `The canary was not judged: ${reasons.join('; ')}`);
      return checks.flatMap((check) => (check.verdict === 'fail' ? [check.checker] : []));
    });
    this.#isCanaryMissed = event.verdict === 'missed';
    const { json, write, writeError } = this.#options;
    if (json) write(JSON.stringify(event));
    else (this.#isCanaryMissed ? writeError : write)(canaryLine(event));
  }

  /** @returns null after the last task */
  #task(index: number): Task | null {
    const { seeds } = this.#options;
    const entry = this.#files[Math.floor(index / seeds)];
    return entry === undefined ? null : { index, entry, seed: entry.from + (index % seeds) };
  }

  async #close(runner: SeedRunner): Promise<void> {
    // Threads that do not end have no results to lose.
    await runner.close().catch(() => undefined);
    this.#options.showProgress?.('');
  }

  /** The observer of a simulation; null when there is none, and threads may run seeds. */
  #observer(): Parameters<OpenRunner>[1] {
    const { trace, write, json } = this.#options;
    return trace === false ? null : traceObserver(trace, json, write);
  }

  /** Shows results in the order of their seeds, whichever ends first; the first failing seeds are recorded. Never rejects. */
  #showReady(runner: SeedRunner): Promise<void> {
    this.#showing = this.#showing.then(async () => {
      for (let task = this.#task(this.#shown.length); task !== null; task = this.#task(this.#shown.length)) {
        const result = this.#early.get(task.index);
        if (result === undefined) return;
        this.#early.delete(task.index);
        const ended = { ...task, result, kept: await this.#record(runner, task, result) };
        this.#shown.push(ended);
        this.#show(ended);
      }
    });
    return this.#showing;
  }

  /** Repeats a seed that did not pass, with a record; undefined when no (further) record is wanted, or it cannot be made. */
  async #record(runner: SeedRunner, { entry, seed }: Task, first: SeedResult): Promise<KeptRun | undefined> {
    const { record, keep = KEEP_DEFAULT, signal } = this.#options;
    if (record === undefined || first.verdict === 'pass' || this.#kept >= keep || signal.aborted) return undefined;
    this.#kept += 1;
    const { scenario, source } = entry;
    try {
      const folder = new SimRecord(record, scenario, source, seed);
      try {
        const again = await runner.watch({ scenario, seed }, folder.observer);
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
      this.#complain(`Cannot record seed ${seed}: ${messageOf(error)}`);
      return undefined;
    }
  }

  /** A failure is reported and does not affect the record. @returns path of the report */
  #report(folder: SimRecord): string | undefined {
    try {
      return folder.report();
    } catch (error) {
      this.#complain(`Cannot make the report: ${messageOf(error)}`);
      return undefined;
    }
  }

  #show({ index, entry, seed, result, kept }: Ended): void {
    const { json, write, seeds } = this.#options;
    const isOneOfMany = this.#files.length > 1;
    if (!json) {
      if (isOneOfMany && index % seeds === 0) for (const line of [...(index === 0 ? [] : ['']), entry.label]) write(line);
      for (const line of seedLines(result, entry.file, kept)) write(line);
      return;
    }
    const named = isOneOfMany ? { run: index + 1, scenario: entry.label } : {};
    const more = result.verdict === 'pass' ? {} : { replay: replayCommand(entry.file, seed) };
    write(JSON.stringify({ ...result, ...named, ...more, ...(kept === undefined ? {} : { record: kept }) }));
  }

  #sum(realMs: number): number {
    const { json, write, seeds } = this.#options;
    const planned = this.#files.map(({ file, label }) => ({ file, label, planned: seeds }));
    const outcomes = this.#shown.map(({ entry, seed, result, kept }) => ({
      file: entry.file,
      seed,
      verdict: result.verdict,
      reason: result.reasons[0] ?? null,
      record: kept?.path ?? null,
      repeat: replayCommand(entry.file, seed),
      durationMs: result.realMs,
    }));
    const { runs, pass, fail, unknown, error, scenarios } = sumOutcomes(planned, outcomes);
    const codes = outcomes.map(({ verdict }) => exitCodeOf(verdict));
    const exitCode = worstExitCode(this.#isCanaryMissed ? [...codes, EXIT.fail] : codes);
    const isMany = this.#files.length > 1;
    const summary: SimSummary = {
      event: 'summary',
      seeds: runs,
      pass,
      fail,
      unknown,
      error,
      virtualMs: this.#shown.reduce((sum, { result }) => sum + result.virtualMs, 0),
      realMs: Math.round(realMs),
      seedsPerSecond: (runs * 1_000) / Math.max(1, realMs),
      exitCode,
      scenarios,
    };
    if (json) {
      write(JSON.stringify(summary));
      return exitCode;
    }
    if (isMany) for (const line of summaryLines({ scenarios })) write(line);
    write(summaryText(summary));
    return exitCode;
  }

  #complain(message: string, event: object = { event: 'error', message }): void {
    if (this.#options.json) this.#options.write(JSON.stringify(event));
    else this.#options.writeError(message);
  }
}

/**
 * Runs the seeds. Never rejects.
 * @returns the exit code: 0 all pass, 1 a guarantee broken in one, 255 one could not be simulated, 2 one is unknown, 254 invalid
 *   file, 130 interrupted
 */
export async function runSimulations(options: RunSimulationsOptions, openRunner: OpenRunner = openSeedRunner): Promise<number> {
  return new SimulationSession(options, openRunner).run();
}
