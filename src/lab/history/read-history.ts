/** Reads history.ndjson, and rejects lines that lack what a checker needs. */
import { DfsError } from '../../shared/errors.js';
import type { Operation, OperationKind, Outcome } from './operation.js';

const KINDS: readonly OperationKind[] = ['create', 'overwrite', 'read', 'delete', 'stat', 'list', 'mkdir', 'rename'];
const OUTCOMES: readonly Outcome[] = ['ok', 'fail', 'unknown'];
/** Operations of one history at most: what the checkers can hold in memory. */
const OPERATIONS_MAX = 2_000_000;

type Fields = Readonly<Record<string, unknown>>;

const isTime = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value) && value >= 0;
const isPath = (value: unknown): boolean => typeof value === 'string' && /^\/$|^(\/[^/]+)+$/.test(value);
const isText = (value: unknown): boolean => typeof value === 'string';
const isCount = (value: unknown): boolean => typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;

/** Optional fields, and their valid values. */
const OPTIONAL: Readonly<Record<string, (value: unknown) => boolean>> = {
  session: isCount,
  toPath: isPath,
  parents: (value) => typeof value === 'boolean',
  recursive: (value) => typeof value === 'boolean',
  sha256: (value) => typeof value === 'string' && /^[0-9a-f]{64}$/.test(value),
  lengthBytes: isCount,
  content: isText,
  startByte: isCount,
  endByte: isCount,
  names: (value) => Array.isArray(value) && value.every(isText),
  exists: (value) => typeof value === 'boolean',
  error: isText,
};

/** Describes the first invalid field of a line; undefined when there is none. */
function mistakeIn(fields: Fields): string | undefined {
  const wrong = (name: string): string => `"${name}" is ${fields[name] === undefined ? 'missing' : JSON.stringify(fields[name])}`;
  if (!isCount(fields['id']) || fields['id'] === 0) return wrong('id');
  if (!isText(fields['client'])) return wrong('client');
  if (!KINDS.some((kind) => kind === fields['kind'])) return wrong('kind');
  if (!isPath(fields['path'])) return wrong('path');
  if (!OUTCOMES.some((outcome) => outcome === fields['outcome'])) return wrong('outcome');
  const { invokedMs, completedMs } = fields;
  if (!isTime(invokedMs)) return wrong('invokedMs');
  if (completedMs !== null && !(isTime(completedMs) && completedMs >= invokedMs)) return wrong('completedMs');
  if (completedMs === null && fields['outcome'] !== 'unknown') return `"completedMs" is null and "outcome" is not unknown`;
  const misshapen = Object.entries(OPTIONAL).find(([name, isFit]) => fields[name] !== undefined && !isFit(fields[name]));
  return misshapen === undefined ? missingIn(fields) : wrong(misshapen[0]);
}

/** Describes a missing field without which an operation of this kind proves nothing; undefined when there is none. */
function missingIn({ kind, outcome, sha256, toPath, names, startByte, endByte }: Fields): string | undefined {
  const isOk = outcome === 'ok';
  if ((kind === 'create' || kind === 'overwrite' || (kind === 'read' && isOk)) && sha256 === undefined)
    return '"sha256" is missing';
  if ((startByte === undefined) !== (endByte === undefined))
    return `"${startByte === undefined ? 'startByte' : 'endByte'}" is missing`;
  if (kind === 'rename' && toPath === undefined) return '"toPath" is missing';
  if (kind === 'list' && isOk && names === undefined) return '"names" is missing';
  return undefined;
}

/**
 * @param text NDJSON, one operation a line, in any order
 * @returns the operations in order of invocation
 * @throws DfsError INVALID_ARGUMENT with the number of the first invalid line: torn, malformed, or with an id that was used before
 */
export function readHistory(text: string): Operation[] {
  const operations: Operation[] = [];
  const ids = new Set<number>();
  let lineNumber = 0;
  for (const line of text.split('\n')) {
    lineNumber += 1;
    if (line === '') continue;
    const operation = readLine(line, lineNumber);
    if (ids.has(operation.id)) throw lineError(lineNumber, `operation ${operation.id} appears twice`);
    if (operations.length === OPERATIONS_MAX)
      throw lineError(lineNumber, `the history has more than ${OPERATIONS_MAX} operations`);
    ids.add(operation.id);
    operations.push(operation);
  }
  return operations.sort((a, b) => a.invokedMs - b.invokedMs || a.id - b.id);
}

function readLine(line: string, lineNumber: number): Operation {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    throw lineError(lineNumber, 'the line is not JSON');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw lineError(lineNumber, 'the line is not an object');
  // The value comes from a file: its fields are unknown until each is checked.
  const fields = value as Fields;
  const mistake = mistakeIn(fields);
  if (mistake !== undefined) throw lineError(lineNumber, mistake);
  return fields as unknown as Operation;
}

function lineError(lineNumber: number, reason: string): DfsError {
  return new DfsError('INVALID_ARGUMENT', `Cannot read the history, line ${lineNumber}: ${reason}`);
}
