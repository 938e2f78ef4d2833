/** Runs several runs of scenarios, up to a limit concurrently, with their progress and outcomes. */
import type { Clock, Timer } from '../../shared/runtime.js';
import { textLines } from '../run/run-events.js';
import type { RunEvent } from '../run/run-events.js';
import { countsLine, endedLines, runningLine } from './batch-text.js';
import type { PlannedRun } from './planned-runs.js';
import type { RunOne } from './run-task.js';
import { RunWatch } from './run-watch.js';
import type { EndedRun } from './run-watch.js';

const LINE_INTERVAL_MS = 1_000;
const AREA_INTERVAL_MS = 250;

export interface BatchOptions {
  readonly planned: readonly PlannedRun[];
  readonly jobs: number;
  /** Starts no more runs after a run that does not pass; running runs are finished. */
  readonly failFast: boolean;
  /** Prints every line of every run, as for a single run; otherwise one line for each run. */
  readonly isVerbose: boolean;
  readonly json: boolean;
  readonly runOne: RunOne;
  readonly dir: string | undefined;
  readonly record: string | undefined;
  /** The command that repeats a run. */
  readonly repeatCommand: (run: PlannedRun) => string;
  readonly signal: AbortSignal;
  readonly clock: Pick<Clock, 'nowMs' | 'setTimer'>;
  readonly write: (line: string) => void;
  readonly writeError: (line: string) => void;
  /** Draws the lines of the running runs repeatedly, on a terminal. */
  readonly showProgress: ((text: string) => void) | undefined;
  /** Writes a line about the progress each second, where no terminal is available. */
  readonly writeProgress: ((line: string) => void) | undefined;
}

export class Batch {
  readonly #options: BatchOptions;
  readonly #startedMs: number;
  readonly #labelWidth: number;
  readonly #running = new Set<RunWatch>();
  readonly #ended: EndedRun[] = [];
  #nextAt = 0;
  #isStopped = false;
  #timer: Timer | undefined;

  constructor(options: BatchOptions) {
    this.#options = options;
    this.#startedMs = options.clock.nowMs();
    this.#labelWidth = Math.max(...options.planned.map(({ entry }) => entry.label.length));
  }

  /** Never rejects. @returns the outcomes of the started runs, in the order of their ends */
  async run(): Promise<readonly EndedRun[]> {
    const { planned, jobs, signal, showProgress, writeProgress } = this.#options;
    const lane = async (): Promise<void> => {
      for (;;) {
        const next = planned[this.#nextAt];
        if (next === undefined || this.#isStopped || signal.aborted) return;
        this.#nextAt += 1;
        await this.#runOne(next);
      }
    };
    if (showProgress !== undefined) this.#every(AREA_INTERVAL_MS, () => showProgress(this.#area()));
    else if (writeProgress !== undefined) this.#every(LINE_INTERVAL_MS, () => writeProgress(this.#countsLine()));
    try {
      await Promise.all(Array.from({ length: Math.min(jobs, planned.length) }, lane));
    } finally {
      this.#timer?.cancel();
      showProgress?.('');
    }
    return this.#ended;
  }

  async #runOne(run: PlannedRun): Promise<void> {
    const { runOne, dir, record, signal, clock, failFast, repeatCommand } = this.#options;
    const { entry, seed, seedFrom, repetition } = run;
    const { scenario, source } = entry;
    const watch = new RunWatch(run, clock.nowMs());
    this.#running.add(watch);
    const task = { scenario, source, seed, seedFrom, repetition, dir, record };
    const exitCode = await runOne(task, (event) => this.#take(watch, event), signal);
    this.#running.delete(watch);
    const ended = watch.ended(exitCode, clock.nowMs(), repeatCommand(run));
    this.#ended.push(ended);
    if (failFast && ended.verdict !== 'pass') this.#isStopped = true;
    this.#showEnded(ended, entry.label);
  }

  #take(watch: RunWatch, event: RunEvent): void {
    const { json, isVerbose, planned, write, writeError } = this.#options;
    watch.take(event);
    if (json) write(JSON.stringify(planned.length === 1 ? event : { run: watch.run.number, ...event }));
    else if (isVerbose) for (const line of textLines(event)) (event.event === 'error' ? writeError : write)(line);
  }

  #showEnded(ended: EndedRun, label: string): void {
    const { json, isVerbose, planned, write } = this.#options;
    if (json || isVerbose) return;
    for (const line of endedLines(ended, label, planned.length, this.#labelWidth)) write(line);
  }

  #area(): string {
    const nowMs = this.#options.clock.nowMs();
    return [...[...this.#running].map((watch) => runningLine(watch, nowMs, this.#labelWidth)), this.#countsLine()].join('\n');
  }

  #countsLine(): string {
    const { planned, clock } = this.#options;
    const count = (verdict: EndedRun['verdict']): number => this.#ended.filter((ended) => ended.verdict === verdict).length;
    return countsLine({
      elapsedMs: clock.nowMs() - this.#startedMs,
      running: this.#running.size,
      passed: count('pass'),
      failed: count('fail'),
      unknown: count('unknown'),
      others: count('error') + count('interrupted'),
      toGo: planned.length - this.#running.size - this.#ended.length,
    });
  }

  #every(intervalMs: number, act: () => void): void {
    this.#timer = this.#options.clock.setTimer(intervalMs, () => {
      act();
      this.#every(intervalMs, act);
    });
  }
}
