/** Reads a run folder for a report. Some files are missing from a run that did not end, or from a run of an earlier lab. */
import { readFileSync, statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { DfsError } from '../../shared/errors.js';
import type { CheckResult } from '../checkers/check-result.js';
import type { Operation } from '../history/operation.js';
import { readHistory } from '../history/read-history.js';
import { RESOLVED_FILE, SCENARIO_FILE } from '../record/run-folder.js';
import type { RunResults } from '../record/run-results.js';
import type { RunEvent } from '../run/run-events.js';
import { MESSAGES_FILE, readLines, SAMPLES_FILE } from '../record/run-samples.js';
import type { MessageLine, Sample } from '../record/run-samples.js';
import { messageOf } from '../../shared/error-text.js';

/** Larger files are not read completely; the report says so. */
const FILE_BYTES_MAX = 512 * 1024 * 1024;

/** An event with the time at which it was recorded, on one of the two forms of the run's clock. */
export type TimedEvent = RunEvent & { readonly virtualMs?: number; readonly runMs?: number };

export type RecordedResults = Pick<RunResults, 'mode' | 'scenario' | 'seed' | 'verdict'> & Partial<RunResults>;

export interface RunData {
  /** Path of the folder. */
  readonly name: string;
  /** null: the run did not end. */
  readonly results: RecordedResults | null;
  readonly events: readonly TimedEvent[];
  readonly history: readonly Operation[];
  readonly samples: readonly Sample[];
  readonly messages: readonly MessageLine[];
  readonly scenarioText: string;
  /** What is missing, one sentence each. */
  readonly missing: readonly string[];
}

function textOf(folder: string, name: string, missing: string[], without: string): string {
  try {
    if (statSync(join(folder, name)).size <= FILE_BYTES_MAX) return readFileSync(join(folder, name), 'utf8');
    missing.push(`${name} is larger than ${FILE_BYTES_MAX / 1024 ** 2} MiB: ${without}.`);
  } catch {
    missing.push(`${name} is not in the folder: ${without}.`);
  }
  return '';
}

function historyOf(text: string, missing: string[]): readonly Operation[] {
  try {
    return readHistory(text);
  } catch (error) {
    // The last line of an interrupted run may be incomplete.
    const whole = text.slice(0, text.trimEnd().lastIndexOf('\n') + 1);
    missing.push(`${messageOf(error)}: later operations are not shown.`);
    try {
      return readHistory(whole);
    } catch {
      return [];
    }
  }
}

/** The list, or an empty list for any other value. */
const listOf = <T>(value: readonly T[] | undefined): readonly T[] => (Array.isArray(value) ? (value as readonly T[]) : []);

function resultsOf(text: string, missing: string[]): RecordedResults | null {
  if (text === '') return null;
  const [results] = readLines<RecordedResults>(JSON.stringify(tryJson(text)));
  if (typeof results?.scenario === 'string' && typeof results.seed === 'number' && typeof results.verdict === 'string') {
    const checks = listOf<CheckResult>(results.checks);
    return { ...results, checks, rows: listOf(results.rows), reasons: listOf(results.reasons) };
  }
  missing.push('results.json cannot be read: the report shows no verdict.');
  return null;
}

function tryJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/**
 * Reads the data of a run.
 * @throws DfsError INVALID_ARGUMENT when the folder holds neither events nor results of a run
 */
export function readRunData(folder: string): RunData {
  const missing: string[] = [];
  const results = resultsOf(textOf(folder, 'results.json', missing, 'the run did not end and was not judged'), missing);
  const events = readLines<TimedEvent>(textOf(folder, 'events.ndjson', missing, 'faults and phases are not shown'));
  if (results === null && events.length === 0) {
    throw new DfsError('INVALID_ARGUMENT', `Cannot report on "${folder}": not a run folder (no results.json and no events)`);
  }
  const history = historyOf(textOf(folder, 'history.ndjson', missing, 'operations are not shown'), missing);
  const without = 'node states and link traffic were not recorded; under-replication is known once a second';
  const samples = readLines<Sample>(textOf(folder, SAMPLES_FILE, missing, without));
  const isSimulation = results?.mode === 'simulation';
  const messageText = isSimulation ? textOf(folder, MESSAGES_FILE, missing, 'messages were not recorded') : '';
  const resolved = textOf(folder, RESOLVED_FILE, [], '');
  return {
    name: basename(resolve(folder)),
    results,
    events,
    history,
    samples,
    messages: readLines<MessageLine>(messageText),
    scenarioText: resolved === '' ? textOf(folder, SCENARIO_FILE, missing, 'the scenario is not shown') : resolved,
    missing,
  };
}
