/** Runs scenario files on real nodes, once or many times, from reading the files to the verdicts and the exit code. */
import { randomInt } from 'node:crypto';
import { readdir, writeFile } from 'node:fs/promises';
import { nodeClock } from '../../runtime/node/node-clock.js';
import { Batch } from './batch.js';
import { canaryLine } from './canary.js';
import type { CanaryEvent } from './canary.js';
import { planRuns } from './planned-runs.js';
import type { PlannedRun } from './planned-runs.js';
import { runRealCanary } from './real-canary.js';
import { runHere, runInProcess } from './run-one.js';
import type { RunOne } from './run-task.js';
import type { EndedRun } from './run-watch.js';
import { readScenarioFiles } from './scenario-files.js';
import type { ScenarioFile } from './scenario-files.js';
import { shellWord } from '../record/shell-word.js';
import { countsText, seconds, sumOutcomes, summaryLines, worstExitCode } from './summary.js';
import { batchJunit } from './batch-junit.js';
import type { BreakableCluster } from '../../supervisor/api/cluster-control.js';
import type { ClusterOptions } from '../../supervisor/api/cluster-options.js';
import type { RuntimeKind } from '../../supervisor/api/cluster-status.js';
import { connectFileClient } from '../workloads/connect-client.js';
import { isTemporary } from '../run/final-state.js';
import type { ScenarioWorld } from './process-run.js';
import { makeRunPlaces } from './run-places.js';
import { textLines } from '../run/run-events.js';
import type { RunEvent } from '../run/run-events.js';
import type { Scenario } from '../scenario/model/scenario.js';
import { EXIT } from '../run/verdict-event.js';
import { messageOf } from '../../shared/error-text.js';

export interface RunScenarioOptions {
  /** Paths of YAML files, without duplicates. */
  readonly files: readonly string[];
  /** Overrides the seeds in the files. */
  readonly seed?: number;
  /** Number of runs of each file, each with a seed of its own. Default: 1. */
  readonly repeat?: number;
  /** Number of concurrent runs, each on a cluster of its own. Default: 1. */
  readonly jobs?: number;
  /** Starts no more runs after a run that does not pass. */
  readonly failFast?: boolean;
  /** Runs a canary before several runs (see canary.ts). Default: false. */
  readonly canary?: boolean;
  /** Overrides how the files say that nodes are hosted. */
  readonly runtime?: RuntimeKind;
  /** Prints one JSON object a line instead of text. */
  readonly json: boolean;
  /** Folder for the cluster's data, which is kept. Default: a new folder, removed at the end. Not with several runs. */
  readonly dir?: string;
  /** Folder of the run folders, one for each run, for `lab check`. */
  readonly record?: string;
  /** Path of a JUnit document of all runs; its folder is created when missing. */
  readonly junit?: string;
  /** Fires on an interruption by the user: clusters are removed and the exit code is 130. */
  readonly signal: AbortSignal;
  /** Writes a line of results, without the line feed. */
  readonly write: (line: string) => void;
  /** Writes a line about an error. */
  readonly writeError: (line: string) => void;
  /** Draws the running runs repeatedly, when runs do not print every line. Absent: there is no terminal. */
  readonly showProgress?: (text: string) => void;
  /** Writes a line about the progress each second, when runs do not print every line and `showProgress` is absent. */
  readonly writeProgress?: (line: string) => void;
}

/** Real clusters and clients. */
export const REAL_WORLD: ScenarioWorld = {
  connect: connectFileClient,
  startCluster: async (options: ClusterOptions): Promise<BreakableCluster> => {
    const { startObservedCluster } = await import('../live/start-observed-cluster.js');
    return startObservedCluster(options);
  },
  temporaryFiles: async (control) => {
    const folders = await Promise.all(control.datanodes().map(({ dataDir }) => readdir(dataDir)));
    return folders.flat().filter(isTemporary).length;
  },
};

/** The same scenario with nodes hosted by `runtime`. */
function hosted(scenario: Scenario, runtime: RuntimeKind | undefined): Scenario {
  return runtime === undefined ? scenario : { ...scenario, cluster: { ...scenario.cluster, runtime } };
}

class ScenarioSession {
  readonly #options: RunScenarioOptions;
  readonly #world: ScenarioWorld | undefined;

  constructor(options: RunScenarioOptions, world: ScenarioWorld | undefined) {
    this.#options = options;
    this.#world = world;
  }

  async run(): Promise<number> {
    const { files: paths, repeat = 1, dir, seed, runtime } = this.#options;
    if (dir !== undefined && paths.length * repeat > 1) {
      const extra = paths.length > 1 ? 'all files but one' : '--repeat';
      return this.#refuse([`Several runs cannot share one folder: omit --dir or ${extra}`]);
    }
    const read = await readScenarioFiles(paths, { moreRuns: '--repeat' });
    if (!read.ok) {
      for (const problem of read.problems) this.#print(problem);
      return EXIT.badFile;
    }
    const files = read.files.map((entry) => ({ ...entry, scenario: hosted(entry.scenario, runtime) }));
    try {
      for (const { scenario } of files) makeRunPlaces(this.#options, scenario.cluster);
    } catch (error) {
      return this.#refuse([messageOf(error)]);
    }
    const planned = planRuns(files, { seed, repeat, chooseSeed: () => randomInt(2 ** 32) });
    return this.#runAll(files, planned);
  }

  async #runAll(files: readonly ScenarioFile[], planned: readonly PlannedRun[]): Promise<number> {
    const { jobs = 1, failFast = false, json, dir, record, signal, write, writeError, junit } = this.#options;
    const isVerbose = files.length === 1 && (jobs === 1 || planned.length === 1);
    const startedMs = nodeClock.nowMs();
    const runOne = this.#runOne(planned);
    const canary = await this.#runCanary(runOne, planned);
    const ended = await new Batch({
      planned,
      jobs,
      failFast,
      isVerbose,
      json,
      runOne,
      dir,
      record,
      repeatCommand: (run) => this.#repeatCommand(run),
      signal,
      clock: nodeClock,
      write,
      writeError,
      showProgress: isVerbose ? undefined : this.#options.showProgress,
      writeProgress: isVerbose || json ? undefined : this.#options.writeProgress,
    }).run();
    const elapsedMs = Math.round(nodeClock.nowMs() - startedMs);
    const codes = ended.map(({ exitCode }) => exitCode);
    if (canary !== EXIT.pass) codes.push(canary);
    if (junit !== undefined && !(await this.#writeJunit(junit, files, ended))) codes.push(EXIT.labFailed);
    // An interruption may come between two runs.
    if (signal.aborted) codes.push(EXIT.interrupted);
    const exitCode = worstExitCode(codes);
    if (planned.length > 1) this.#sum(files, planned, ended, elapsedMs, exitCode);
    return exitCode;
  }

  /** Runs the canary, and prints its outcome. A single run is no campaign. @returns an exit code; pass when there is none */
  async #runCanary(runOne: RunOne, planned: readonly PlannedRun[]): Promise<number> {
    const { canary = false, runtime, record, signal } = this.#options;
    if (!canary || planned.length === 1) return EXIT.pass;
    try {
      const event = await runRealCanary({ runOne, runtime, hasHistory: record !== undefined, signal });
      this.#print(event);
      return event.verdict === 'found' ? EXIT.pass : EXIT.fail;
    } catch (error) {
      if (signal.aborted) return EXIT.interrupted;
      this.#print({ event: 'error', message: messageOf(error) });
      return EXIT.labFailed;
    }
  }

  /** A single run needs no process of its own; neither do the worlds of tests. */
  #runOne(planned: readonly PlannedRun[]): RunOne {
    if (this.#world !== undefined) return runHere(this.#world);
    return planned.length === 1 ? runHere(REAL_WORLD) : runInProcess;
  }

  #repeatCommand({ entry, seed }: PlannedRun): string {
    const { runtime } = this.#options;
    return `lab run ${shellWord(entry.file)} --seed ${seed}${runtime === undefined ? '' : ` --runtime ${runtime}`}`;
  }

  /** @returns false when the document cannot be written; the failure is reported */
  async #writeJunit(path: string, files: readonly ScenarioFile[], ended: readonly EndedRun[]): Promise<boolean> {
    try {
      await writeFile(path, batchJunit(files, ended));
      return true;
    } catch (error) {
      this.#print({ event: 'error', message: `Cannot write "${path}": ${messageOf(error)}` });
      return false;
    }
  }

  #sum(
    files: readonly ScenarioFile[],
    planned: readonly PlannedRun[],
    ended: readonly EndedRun[],
    elapsedMs: number,
    exitCode: number,
  ): void {
    const { json, write } = this.#options;
    const summed = files.map(({ file, label }) => ({ file, label, planned: planned.length / files.length }));
    const sum = sumOutcomes(summed, ended);
    if (json) {
      write(JSON.stringify({ event: 'summary', exitCode, elapsedMs, ...sum }));
      return;
    }
    for (const line of summaryLines(sum)) write(line);
    write(`${sum.runs} of ${sum.planned} runs: ${countsText(sum)} (${seconds(elapsedMs)})`);
  }

  #refuse(messages: readonly string[]): number {
    for (const message of messages) this.#print({ event: 'error', message });
    return EXIT.badFile;
  }

  #print(event: RunEvent | CanaryEvent): void {
    const { json, write, writeError } = this.#options;
    if (json) write(JSON.stringify(event));
    else if (event.event === 'canary') (event.verdict === 'found' ? write : writeError)(canaryLine(event));
    else for (const line of textLines(event)) (event.event === 'error' ? writeError : write)(line);
  }
}

/**
 * Runs the scenarios. Never rejects.
 * @param world default: the real world, where each of several runs has a process of its own
 * @returns the exit code, of several runs the worst, in this order: 130 interrupted, 1 a guarantee broken, 255 the lab itself
 *   failed, 2 unknown, 0 pass. 254 invalid files: no run was started
 */
export async function runScenario(options: RunScenarioOptions, world?: ScenarioWorld): Promise<number> {
  return new ScenarioSession(options, world).run();
}
