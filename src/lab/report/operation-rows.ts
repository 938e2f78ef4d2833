/** The operations of a run for drawing: all operations of a short run, the most relevant ones of a long run. Pure. */
import type { Operation } from '../history/operation.js';
import { fateOf } from './operation-fate.js';
import { FATES } from './report-model.js';
import type { OperationRow, ReportOperations } from './report-model.js';

/** Operations drawn individually. */
export const OPERATIONS_MAX = 20_000;
const PATH_CHARS_MAX = 400;
const NAMES_SHOWN_MAX = 12;

const KINDS = ['create', 'overwrite', 'read', 'delete', 'stat', 'list', 'mkdir', 'rename'];

const clip = (text: string): string => (text.length <= PATH_CHARS_MAX ? text : `${text.slice(0, PATH_CHARS_MAX)}…`);

function noteOf({ error, exists, names, sha256 }: Operation): string {
  if (error !== undefined) return error;
  if (exists !== undefined) return exists ? 'the path existed' : 'the path did not exist';
  if (names !== undefined) {
    const more = names.length > NAMES_SHOWN_MAX ? ` and ${names.length - NAMES_SHOWN_MAX} more` : '';
    return clip(names.length === 0 ? 'empty' : names.slice(0, NAMES_SHOWN_MAX).join(', ') + more);
  }
  return sha256 === undefined ? '' : `sha256 ${sha256.slice(0, 12)}`;
}

/** `count` items at equal distances. */
function evenly<T>(items: readonly T[], count: number): T[] {
  if (items.length <= count) return [...items];
  return Array.from({ length: count }, (_, index) => items[Math.floor((index * items.length) / count)] as T);
}

const hasFailed = (operation: Operation): boolean => !['ok', 'answered'].includes(fateOf(operation));

/** Keeps violating operations before failed ones, and failed ones before the others. */
function thinned(history: readonly Operation[], violating: ReadonlySet<number>, max: number): readonly Operation[] {
  if (history.length <= max) return history;
  const named = evenly(
    history.filter(({ id }) => violating.has(id)),
    max,
  );
  const others = history.filter(({ id }) => !violating.has(id));
  const failed = evenly(
    others.filter((operation) => hasFailed(operation)),
    Math.floor((max - named.length) / 2),
  );
  const fine = evenly(
    others.filter((operation) => !hasFailed(operation)),
    max - named.length - failed.length,
  );
  return [...named, ...failed, ...fine].sort((a, b) => a.invokedMs - b.invokedMs || a.id - b.id);
}

const thousandth = (ms: number): number => Math.round(ms * 1_000) / 1_000;

/**
 * @param violating ids of the operations that violations name
 * @param timeOf converts a time of the history to the report's time
 */
export function operationRows(
  history: readonly Operation[],
  violating: ReadonlySet<number>,
  timeOf: (runMs: number) => number,
  max: number = OPERATIONS_MAX,
): ReportOperations {
  const clients = [...new Set(history.map(({ client }) => client))].sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
  const clientAt = new Map(clients.map((client, index) => [client, index]));
  const kinds = [...KINDS, ...new Set(history.map(({ kind }) => kind as string).filter((kind) => !KINDS.includes(kind)))];
  const rows = thinned(history, violating, max).map((operation): OperationRow => {
    const { id, client, kind, invokedMs, completedMs, path, toPath, lengthBytes = -1 } = operation;
    return [
      id,
      clientAt.get(client) ?? 0,
      kinds.indexOf(kind),
      FATES.indexOf(fateOf(operation)),
      thousandth(timeOf(invokedMs)),
      completedMs === null ? null : thousandth(timeOf(completedMs)),
      toPath === undefined ? clip(path) : `${clip(path)} → ${clip(toPath)}`,
      lengthBytes,
      noteOf(operation),
      violating.has(id) ? 1 : 0,
    ];
  });
  return { clients, kinds, rows, total: history.length };
}
