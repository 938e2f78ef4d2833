/**
 * The folder of a recorded run, `<time>-<seed>`:
 *
 *   scenario.yaml            the file as it was read
 *   scenario.resolved.yaml   the same with every choice made; can be run again
 *   history.ndjson           requests of clients and their answers
 *   events.ndjson            events of the run, in order
 *   samples.ndjson           states of nodes, chunks and traffic over time, for the report
 *   messages.ndjson          of a simulation: messages around the first violation, or at the end
 *   logs/                    logs of nodes and clients, the end of each
 *   junit.xml                a test case for each check
 *   results.json             written last and atomically: a folder without this file is of a run that did not end
 *   report.html              generated from the other files, at once or later
 */
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { makeDirectoriesSync } from '../../runtime/node/base/make-directories.js';
import { DfsError } from '../../shared/errors.js';
import { shellWord } from './shell-word.js';
import { readHistory } from '../history/read-history.js';
import type { Operation } from '../history/operation.js';
import { MESSAGES_FILE, readLines, SAMPLES_FILE } from './run-samples.js';
import type { MessageLine, Sample } from './run-samples.js';
import { junitXml } from './junit-xml.js';
import { readResults, rowResult } from './run-results.js';
import type { RecordedRun, RunResults } from './run-results.js';
import type { CheckResult } from '../checkers/check-result.js';
import type { RunEvent } from '../run/run-events.js';
import { messageOf } from '../../shared/error-text.js';

export const SCENARIO_FILE = 'scenario.yaml';
export const RESOLVED_FILE = 'scenario.resolved.yaml';
const EVENTS_FILE = 'events.ndjson';
const RESULTS_FILE = 'results.json';

/** Name of the first event. */
type StartLine = Extract<RunEvent, { event: 'start' }> & { readonly runMs?: number };

/** Maximum number of runs with the same seed that begin in the same second. */
const SAME_SECOND_MAX = 100;

/** `20260131T101502Z`. */
const timeName = (wallMs: number): string =>
  new Date(wallMs)
    .toISOString()
    .replace(/\.\d+Z$/, 'Z')
    .replace(/[-:]/g, '');

export class RunFolder {
  readonly path: string;
  /** Subfolder of the logs of nodes and clients. */
  readonly logs: string;
  readonly #history: number;
  readonly #events: number;
  /** Opened with the first sample. */
  #samples: number | null = null;
  #isClosed = false;

  private constructor(path: string) {
    this.path = path;
    this.logs = join(path, 'logs');
    mkdirSync(this.logs);
    this.#history = openSync(join(path, 'history.ndjson'), 'wx');
    this.#events = openSync(join(path, EVENTS_FILE), 'wx');
  }

  /**
   * Creates a new folder. A folder with the same second and seed gets a number after its name.
   * @param root folder of the run folders; created when missing
   * @throws Error of node:fs
   */
  static create(root: string, wallMs: number, seed: number): RunFolder {
    makeDirectoriesSync(root);
    for (let count = 1; count <= SAME_SECOND_MAX; count += 1) {
      const path = join(root, `${timeName(wallMs)}-${seed}${count === 1 ? '' : `-${count}`}`);
      try {
        mkdirSync(path);
      } catch (error) {
        if (error instanceof Error && 'code' in error && error.code === 'EEXIST') continue;
        throw error;
      }
      return new RunFolder(path);
    }
    throw new DfsError(
      'ALREADY_EXISTS',
      `Cannot make a run folder in "${root}": there are ${SAME_SECOND_MAX} runs of the same second already`,
    );
  }

  /** @param line with its line feed; written synchronously */
  readonly writeHistory = (line: string): void => void writeSync(this.#history, line);

  writeEvent(event: object): void {
    writeSync(this.#events, `${JSON.stringify(event)}\n`);
  }

  /** Does nothing once the run is over. */
  writeSample(sample: Sample): void {
    if (this.#isClosed) return;
    this.#samples ??= openSync(join(this.path, SAMPLES_FILE), 'wx');
    writeSync(this.#samples, `${JSON.stringify(sample)}\n`);
  }

  /** Writes all messages at once. */
  writeMessages(messages: readonly MessageLine[]): void {
    writeFileSync(join(this.path, MESSAGES_FILE), messages.map((message) => `${JSON.stringify(message)}\n`).join(''));
  }

  /** @param source text of the scenario file @param resolved the same with every choice made */
  writeScenario(source: string, resolved: string): void {
    writeFileSync(join(this.path, SCENARIO_FILE), source);
    writeFileSync(join(this.path, RESOLVED_FILE), resolved);
  }

  /** @param name of the node or client */
  writeLog(name: string, text: string): void {
    writeFileSync(join(this.logs, `${name}.log`), text);
  }

  /** Ends the run. Every other file is on disk before results.json appears. */
  finish(results: RunResults): void {
    const { scenario, rows, checks, verdict, reasons, elapsedMs } = results;
    const cases = [...rows.map(rowResult), ...checks];
    // Doubts about the run as a whole belong to no row and no check: they become a case of their own.
    const isExplained = verdict === 'pass' || cases.some((check) => check.verdict === verdict);
    const whole: CheckResult[] = isExplained
      ? []
      : [{ checker: 'run', verdict: 'unknown', detail: reasons.join('; '), violations: [] }];
    this.#place('junit.xml', junitXml(scenario, [...cases, ...whole], elapsedMs));
    fsyncSync(this.#history);
    fsyncSync(this.#events);
    this.#place(RESULTS_FILE, `${JSON.stringify(results, null, 2)}\n`);
    this.close();
  }

  /** Safe to call twice. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    closeSync(this.#history);
    closeSync(this.#events);
    if (this.#samples !== null) closeSync(this.#samples);
  }

  /** Writes a file atomically. */
  #place(name: string, text: string): void {
    const temporary = join(this.path, `${name}.tmp`);
    writeFileSync(temporary, text, { flush: true });
    renameSync(temporary, join(this.path, name));
  }
}

/**
 * Reads the results of a finished run.
 * @throws DfsError INVALID_ARGUMENT naming the file and its error or, for a run that did not end, the next step
 */
export function readRecordedRun(path: string): RecordedRun {
  const unfinished = unfinishedRun(path);
  if (unfinished !== null) throw new DfsError('INVALID_ARGUMENT', unfinished);
  return readResults(textOf(path, RESULTS_FILE));
}

/**
 * Reads a finished run with its history.
 * @throws DfsError INVALID_ARGUMENT naming the file and its error
 */
export function readRun(path: string): { readonly inputs: RecordedRun; readonly history: readonly Operation[] } {
  const inputs = readRecordedRun(path);
  const history = readHistory(textOf(path, 'history.ndjson'));
  if (history.length !== inputs.operations) {
    const counts = `its history has ${history.length} operations, but its results record ${inputs.operations}`;
    throw new DfsError('INVALID_ARGUMENT', `Cannot read run "${path}": ${counts}`);
  }
  return { inputs, history };
}

/** Message for a folder without results in which a run began; null when no run began. */
function unfinishedRun(path: string): string | null {
  const events = join(path, EVENTS_FILE);
  if (existsSync(join(path, RESULTS_FILE)) || !existsSync(events)) return null;
  const [start] = readLines<Partial<StartLine>>(readFileSync(events, 'utf8'));
  if (start?.event !== 'start' || start.seed === undefined) return null;
  // Only a run on real nodes records a clock time before its first node starts.
  const runtime = start.cluster?.runtime === undefined ? '' : ` --runtime ${start.cluster.runtime}`;
  const again = start.runMs === undefined ? `--from ${start.seed} --seeds 1` : `--seed ${start.seed}${runtime}`;
  const command = `lab ${start.runMs === undefined ? 'sim' : 'run'} ${shellWord(join(path, SCENARIO_FILE))} ${again}`;
  return (
    `Run "${path}" has no verdict: the run was interrupted, the lab failed, or the run is still in progress. ` +
    `\`lab report ${shellWord(path)}\` shows what was recorded; \`${command}\` repeats it`
  );
}

function textOf(path: string, name: string): string {
  try {
    return readFileSync(join(path, name), 'utf8');
  } catch (error) {
    const reason = messageOf(error);
    throw new DfsError('INVALID_ARGUMENT', `Cannot read run "${path}": ${reason}`, { cause: error });
  }
}
