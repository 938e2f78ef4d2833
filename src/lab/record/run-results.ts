/** results.json: description of the run, facts for checkers beside the history, and verdicts. */
import { DfsError } from '../../shared/errors.js';
import type { CheckResult, Verdict } from '../checkers/check-result.js';
import type { RunFacts } from '../checkers/run-facts.js';
import type { CheckRow } from '../run/check-row.js';
import type { Repetition } from '../run/repetition.js';

const VERSION = 2;

/** Where the nodes ran. Earlier versions of the lab wrote `processes` for threads too. */
export type RunMode = 'processes' | 'threads' | 'simulation';

/** error: the run itself failed and was not judged. */
export type RunVerdict = Verdict | 'error';

/** What makes two simulations of one seed comparable. */
export interface SimulationFigures {
  /** Digest of all events, hex; '' when the simulation did not end. */
  readonly digest: string;
  readonly events: number;
  readonly virtualMs: number;
}

export interface RunResults {
  readonly version: typeof VERSION;
  readonly mode: RunMode;
  readonly scenario: string;
  readonly seed: number;
  readonly repetition?: Repetition;
  /** Present for a simulation only. */
  readonly simulation?: SimulationFigures;
  readonly elapsedMs: number;
  /** Number of lines in history.ndjson: a truncated history proves nothing. */
  readonly operations: number;
  readonly facts: RunFacts;
  /** What the run itself examined: files read back, probes, effects of faults. */
  readonly rows: readonly CheckRow[];
  /** The worst verdict of rows and checks. */
  readonly verdict: RunVerdict;
  /** Reasons for a verdict other than pass. */
  readonly reasons: readonly string[];
  /** Results of the checkers, from history and facts. */
  readonly checks: readonly CheckResult[];
}

/** What judging or running again needs. */
export type RecordedRun = Pick<RunResults, 'mode' | 'scenario' | 'seed' | 'operations' | 'facts' | 'simulation'> & {
  /** Rows that no history can tell again: what the scenario's probes saw. */
  readonly probes: readonly CheckRow[];
  /** The verdict at that time. */
  readonly recorded: RunVerdict;
};

/** Converts a row of the run's own table to a check. */
export function rowResult({ check, kind, holds, detail }: CheckRow): CheckResult {
  const verdict = holds ? 'pass' : kind === 'promise' ? 'fail' : 'unknown';
  const violations = verdict === 'fail' ? [{ operationIds: [], message: detail }] : [];
  return { checker: check, verdict, detail, violations };
}

const isProbeRow = ({ check }: CheckRow): boolean => /^(eventually|sometimes) /.test(check);

type Fields = Readonly<Record<string, unknown>>;

const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value);
const isCount = (value: unknown): value is number => typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
const isTime = (value: unknown): value is number => typeof value === 'number' && value >= 0;
const isListOf = <T>(value: unknown, isFit: (item: unknown) => item is T): value is T[] =>
  Array.isArray(value) && value.every(isFit);
const isText = (value: unknown): value is string => typeof value === 'string';

const isMode = (value: unknown): value is RunMode => value === 'processes' || value === 'threads' || value === 'simulation';
const isVerdict = (value: unknown): value is RunVerdict =>
  value === 'pass' || value === 'fail' || value === 'unknown' || value === 'error';
const isRow = (value: unknown): value is CheckRow =>
  isFields(value) &&
  isText(value['check']) &&
  (value['kind'] === 'promise' || value['kind'] === 'proof') &&
  typeof value['holds'] === 'boolean' &&
  isText(value['detail']);
const isSimulation = (value: unknown): value is SimulationFigures =>
  isFields(value) && isText(value['digest']) && isCount(value['events']) && isTime(value['virtualMs']);
const isFault = (value: unknown): value is RunFacts['faults'][number] =>
  isFields(value) &&
  isText(value['fault']) &&
  isCount(value['effects']) &&
  (value['refused'] === undefined || value['refused'] === true) &&
  (value['evidence'] === undefined || isText(value['evidence']));
const isAnswer = (value: unknown): value is NonNullable<RunFacts['minority']>['acknowledged'][number] =>
  isFields(value) && isText(value['master']) && isText(value['method']) && isTime(value['cutOffMs']);
const isMinority = (value: unknown): value is NonNullable<RunFacts['minority']> =>
  isFields(value) && isCount(value['tried']) && isListOf(value['acknowledged'], isAnswer);
const isLeader = (value: unknown): value is NonNullable<RunFacts['leaders']>[number] =>
  isFields(value) && isCount(value['term']) && isText(value['node']);
const isShort = (value: unknown): value is NonNullable<RunFacts['acknowledged']>['short'][number] =>
  isFields(value) && isText(value['path']) && ['byteOffset', 'copies', 'wanted'].every((name) => isCount(value[name]));
const isAcknowledged = (value: unknown): value is NonNullable<RunFacts['acknowledged']> =>
  isFields(value) && isCount(value['looked']) && isListOf(value['short'], isShort);
const isFinal = (value: unknown): value is NonNullable<RunFacts['final']> =>
  isFields(value) &&
  ['underReplicatedChunks', 'orphanReplicas', 'temporaryFiles'].every((name) => isCount(value[name])) &&
  isListOf(value['masterDigests'], isText);

function isFacts(value: unknown): value is RunFacts {
  if (!isFields(value)) return false;
  const { faults, doubts, minority, leaders, acknowledged, final, mayHaveLost } = value;
  if (mayHaveLost !== undefined && typeof mayHaveLost !== 'boolean') return false;
  if (leaders !== undefined && !isListOf(leaders, isLeader)) return false;
  if (acknowledged !== undefined && !isAcknowledged(acknowledged)) return false;
  if (minority !== undefined && !isMinority(minority)) return false;
  if (final !== undefined && !isFinal(final)) return false;
  return isListOf(faults, isFault) && isListOf(doubts, isText);
}

/**
 * @param text of results.json
 * @throws DfsError INVALID_ARGUMENT naming the missing or invalid field
 */
export function readResults(text: string): RecordedRun {
  const refuse = (reason: string): DfsError => new DfsError('INVALID_ARGUMENT', `Cannot read results.json: ${reason}`);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw refuse('the text is not JSON');
  }
  if (!isFields(value)) throw refuse('the text is not an object');
  const { version, mode, scenario, seed, operations, facts, rows, simulation, verdict } = value;
  if (version !== VERSION) {
    const found = version === undefined ? 'missing' : JSON.stringify(version);
    const hint = version === 1 ? ' (an earlier version of the lab wrote version 1: run the scenario again)' : '';
    throw refuse(`"version" is ${found}, and this lab reads ${VERSION}${hint}`);
  }
  if (!isMode(mode)) throw refuse('"mode" must be "processes", "threads" or "simulation"');
  if (!isText(scenario)) throw refuse('"scenario" must be a string');
  if (!isCount(seed)) throw refuse('"seed" must be an integer >= 0');
  if (!isCount(operations)) throw refuse('"operations" must be an integer >= 0');
  if (!isFacts(facts)) throw refuse('"facts" does not have the format that a run writes');
  if (!isListOf(rows, isRow)) throw refuse('"rows" does not have the format that a run writes');
  if (mode === 'simulation' && simulation === undefined) throw refuse('"simulation" is missing');
  if (simulation !== undefined && !isSimulation(simulation))
    throw refuse('"simulation" does not have the format that a run writes');
  if (!isVerdict(verdict)) throw refuse('"verdict" is not a verdict');
  const probes = rows.filter(isProbeRow);
  const figures = simulation === undefined ? {} : { simulation };
  return { mode, scenario, seed, operations, facts, ...figures, probes, recorded: verdict };
}
