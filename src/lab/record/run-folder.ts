/**
 * The folder that a run leaves, `<time>-<seed>`:
 *
 *   scenario.yaml            the file as it was read
 *   scenario.resolved.yaml   the same with every choice made, which can be run again
 *   history.ndjson           what clients asked and were told
 *   events.ndjson            what the run told as it went
 *   samples.ndjson           states of nodes, chunks and traffic as it went: for the report
 *   messages.ndjson          of a simulation: what was sent around the first violation, or in the end
 *   logs/                    of nodes and clients, the end of each
 *   junit.xml                a test case for each check
 *   results.json             comes last and whole: a folder without it is one of a run that did not end
 *   report.html              made from all of these, now or later
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
import { DfsError } from '../../shared/errors.js';
import { shellWord } from '../../shared/shell-word.js';
import { readHistory } from '../history/read-history.js';
import type { Operation } from '../history/operation.js';
import { MESSAGES_FILE, readLines, SAMPLES_FILE } from './run-samples.js';
import type { MessageLine, Sample } from './run-samples.js';
import { junitXml } from './junit-xml.js';
import { readResults, rowResult } from './run-results.js';
import type { RecordedRun, RunResults } from './run-results.js';
import type { CheckResult } from '../checkers/check-result.js';
import type { RunEvent } from '../run/run-events.js';

export const SCENARIO_FILE = 'scenario.yaml';
export const RESOLVED_FILE = 'scenario.resolved.yaml';
const EVENTS_FILE = 'events.ndjson';
const RESULTS_FILE = 'results.json';

/** The first event. */
type StartLine = Extract<RunEvent, { event: 'start' }> & { readonly runMs?: number };

/** Runs of one seed that begin in the same second. */
const SAME_SECOND_MAX = 100;

/** `20260131T101502Z`. */
const timeName = (wallMs: number): string =>
  new Date(wallMs)
    .toISOString()
    .replace(/\.\d+Z$/, 'Z')
    .replace(/[-:]/g, '');

export class RunFolder {
  readonly path: string;
  /** For the logs of nodes and clients. */
  readonly logs: string;
  readonly #history: number;
  readonly #events: number;
  /** Made with the first sample. */
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
   * Makes a new folder; one of the same second and seed gets a number behind its name.
   * @param root `runs`; made when missing
   * @throws Error of node:fs
   */
  static create(root: string, wallMs: number, seed: number): RunFolder {
    mkdirSync(root, { recursive: true });
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
      `Cannot make a run folder in "${root}": ${SAME_SECOND_MAX} runs of this second are there`,
    );
  }

  /** @param line with its line feed; written before this returns */
  readonly writeHistory = (line: string): void => void writeSync(this.#history, line);

  writeEvent(event: object): void {
    writeSync(this.#events, `${JSON.stringify(event)}\n`);
  }

  /** Left out once the run is over. */
  writeSample(sample: Sample): void {
    if (this.#isClosed) return;
    this.#samples ??= openSync(join(this.path, SAMPLES_FILE), 'wx');
    writeSync(this.#samples, `${JSON.stringify(sample)}\n`);
  }

  /** All of them at once. */
  writeMessages(messages: readonly MessageLine[]): void {
    writeFileSync(join(this.path, MESSAGES_FILE), messages.map((message) => `${JSON.stringify(message)}\n`).join(''));
  }

  /** @param source the file as it was read @param resolved the same with every choice made */
  writeScenario(source: string, resolved: string): void {
    writeFileSync(join(this.path, SCENARIO_FILE), source);
    writeFileSync(join(this.path, RESOLVED_FILE), resolved);
  }

  /** @param name of the node or client */
  writeLog(name: string, text: string): void {
    writeFileSync(join(this.logs, `${name}.log`), text);
  }

  /** Ends the run: everything else is on disk before results.json is there. */
  finish(results: RunResults): void {
    const { scenario, rows, checks, verdict, reasons, elapsedMs } = results;
    const cases = [...rows.map(rowResult), ...checks];
    // Doubts about the run as a whole are no row and no check.
    const isTold = verdict === 'pass' || cases.some((check) => check.verdict === verdict);
    const whole: CheckResult[] = isTold
      ? []
      : [{ checker: 'run', verdict: 'unknown', detail: reasons.join('; '), violations: [] }];
    this.#place('junit.xml', junitXml(scenario, [...cases, ...whole], elapsedMs));
    fsyncSync(this.#history);
    fsyncSync(this.#events);
    this.#place(RESULTS_FILE, `${JSON.stringify(results, null, 2)}\n`);
    this.close();
  }

  /** Harmless when it is closed. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    closeSync(this.#history);
    closeSync(this.#events);
    if (this.#samples !== null) closeSync(this.#samples);
  }

  /** Whole or not at all. */
  #place(name: string, text: string): void {
    const temporary = join(this.path, `${name}.tmp`);
    writeFileSync(temporary, text, { flush: true });
    renameSync(temporary, join(this.path, name));
  }
}

/**
 * Reads what a finished run was.
 * @throws DfsError INVALID_ARGUMENT naming the file and what is wrong with it, or what to do about a run that did not end
 */
export function readRecordedRun(path: string): RecordedRun {
  const unfinished = unfinishedRun(path);
  if (unfinished !== null) throw new DfsError('INVALID_ARGUMENT', unfinished);
  return readResults(textOf(path, RESULTS_FILE));
}

/**
 * Reads a finished run with its history.
 * @throws DfsError INVALID_ARGUMENT naming the file and what is wrong with it
 */
export function readRun(path: string): { readonly inputs: RecordedRun; readonly history: readonly Operation[] } {
  const inputs = readRecordedRun(path);
  const history = readHistory(textOf(path, 'history.ndjson'));
  if (history.length !== inputs.operations) {
    const message = `Cannot read run "${path}": its history has ${history.length} operations, its results say ${inputs.operations}`;
    throw new DfsError('INVALID_ARGUMENT', message);
  }
  return { inputs, history };
}

/** What to say of a folder without results in which a run began; null: none did. */
function unfinishedRun(path: string): string | null {
  const events = join(path, EVENTS_FILE);
  if (existsSync(join(path, RESULTS_FILE)) || !existsSync(events)) return null;
  const [start] = readLines<Partial<StartLine>>(readFileSync(events, 'utf8'));
  if (start?.event !== 'start' || start.seed === undefined) return null;
  // Only a run on real nodes has a clock before its first node.
  const runtime = start.cluster?.runtime === undefined ? '' : ` --runtime ${start.cluster.runtime}`;
  const again = start.runMs === undefined ? `--from ${start.seed} --seeds 1` : `--seed ${start.seed}${runtime}`;
  const command = `lab ${start.runMs === undefined ? 'sim' : 'run'} ${shellWord(join(path, SCENARIO_FILE))} ${again}`;
  return (
    `Run "${path}" has no verdict: it was interrupted, its lab failed, or it is still under way. ` +
    `\`lab report ${shellWord(path)}\` shows what was recorded; \`${command}\` repeats it`
  );
}

function textOf(path: string, name: string): string {
  try {
    return readFileSync(join(path, name), 'utf8');
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new DfsError('INVALID_ARGUMENT', `Cannot read run "${path}": ${reason}`, { cause: error });
  }
}
