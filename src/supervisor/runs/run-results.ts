/** results.json: what a run was, what a checker must know of it beside its history, and what was judged. */
import { DfsError } from '../../shared/errors.js';
import type { CheckResult, Verdict } from '../checkers/check-result.js';
import type { RunFacts } from '../checkers/run-facts.js';

export interface RunResults {
  readonly version: 1;
  readonly scenario: string;
  readonly seed: number;
  readonly elapsedMs: number;
  /** Lines of history.ndjson: a history that was cut off proves nothing. */
  readonly operations: number;
  readonly facts: RunFacts;
  readonly verdict: Verdict;
  readonly checks: readonly CheckResult[];
}

/** What judging again needs. */
export type RunInputs = Pick<RunResults, 'scenario' | 'seed' | 'operations' | 'facts'> & {
  /** What was judged then. */
  readonly recorded: string;
};

type Fields = Readonly<Record<string, unknown>>;

const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value);
const isCount = (value: unknown): value is number => typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
const isTime = (value: unknown): value is number => typeof value === 'number' && value >= 0;
const isListOf = <T>(value: unknown, isFit: (item: unknown) => item is T): value is T[] =>
  Array.isArray(value) && value.every(isFit);
const isText = (value: unknown): value is string => typeof value === 'string';

const isFault = (value: unknown): value is RunFacts['faults'][number] =>
  isFields(value) && isText(value['fault']) && isCount(value['effects']);
const isMinority = (value: unknown): value is NonNullable<RunFacts['minorities']>[number] =>
  isFields(value) && isTime(value['fromMs']) && isTime(value['toMs']) && isListOf(value['clients'], isText);
const isFinal = (value: unknown): value is NonNullable<RunFacts['final']> =>
  isFields(value) &&
  ['underReplicatedChunks', 'orphanReplicas', 'temporaryFiles'].every((name) => isCount(value[name])) &&
  isListOf(value['masterDigests'], isText);

function isFacts(value: unknown): value is RunFacts {
  if (!isFields(value)) return false;
  const { faults, doubts, minorities, final } = value;
  if (minorities !== undefined && !isListOf(minorities, isMinority)) return false;
  if (final !== undefined && !isFinal(final)) return false;
  return isListOf(faults, isFault) && isListOf(doubts, isText);
}

/**
 * @param text of results.json
 * @throws DfsError INVALID_ARGUMENT naming the field that is missing or wrong
 */
export function readResults(text: string): RunInputs {
  const refuse = (reason: string): DfsError => new DfsError('INVALID_ARGUMENT', `Cannot read results.json: ${reason}`);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw refuse('it is not JSON');
  }
  if (!isFields(value)) throw refuse('it is not an object');
  const { version, scenario, seed, operations, facts, verdict } = value;
  if (version !== 1)
    throw refuse(`"version" is ${version === undefined ? 'missing' : JSON.stringify(version)}, and this lab reads 1`);
  if (!isText(scenario)) throw refuse('"scenario" is no text');
  if (!isCount(seed)) throw refuse('"seed" is no whole number');
  if (!isCount(operations)) throw refuse('"operations" is no whole number');
  if (!isFacts(facts)) throw refuse('"facts" is not what a run writes');
  if (!isText(verdict)) throw refuse('"verdict" is no text');
  return { scenario, seed, operations, facts, recorded: verdict };
}
