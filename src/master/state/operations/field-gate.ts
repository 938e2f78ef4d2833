/**
 * Fits an operation to the masters of the group: what a field is for is refused, or the field is left out, while one of them would pass
 * over it. Most operations have no such field, and cost nothing here.
 */
import { DfsError } from '../../../shared/errors.js';
import { LOG_FIELDS, OPERATION_MESSAGES, UNSAID_HIGHEST_OPERATION } from './log-fields.js';
import type { LogFieldRow, LogFieldTable, LogMessageName } from './log-fields.js';
import type { LogOperation, OperationName } from './log-operation.js';
import { OPERATIONS } from './operations.js';

interface LateField {
  /** Names of fields, from the operation's message down. */
  readonly path: readonly string[];
  readonly since: number;
  readonly without: NonNullable<LogFieldRow['without']>;
}

/** @returns the id of a master of the group that knows no such number; undefined: all know it */
export type MemberWithout = (since: number) => string | undefined;

export interface FittedOperation {
  readonly operation: LogOperation;
  /** Of the fields that are set and younger than the operation; 0: there are none. */
  readonly highestField: number;
}

export class FieldGate {
  readonly #late = new Map<OperationName, readonly LateField[]>();

  constructor(table: LogFieldTable = LOG_FIELDS) {
    for (const name of operationNames()) {
      const known = Math.max(UNSAID_HIGHEST_OPERATION, OPERATIONS[name].code);
      const late = fieldsOf(table, OPERATION_MESSAGES[name], []).filter(({ since }) => since > known);
      if (late.length > 0) this.#late.set(name, late);
    }
  }

  /** @throws DfsError NOT_AVAILABLE_YET with the master as `nodeId`: nothing of the operation may be logged */
  fit(operation: LogOperation, memberWithout: MemberWithout): FittedOperation {
    let fitted = operation;
    let highestField = 0;
    for (const { path, since, without } of this.#late.get(operation.operation) ?? []) {
      if (!isSetIn(fitted, [operation.operation, ...path])) continue;
      const masterId = without === 'log' ? undefined : memberWithout(since);
      if (masterId === undefined) {
        if (without !== 'log') highestField = Math.max(highestField, since);
      } else if (without === 'refuse') {
        throw notKnown(masterId, `the field "${path.join('.')}" of the operation "${operation.operation}"`);
      } else {
        // The same operation: a field that is absent has its default in any message of proto3.
        fitted = withoutField(fitted, [operation.operation, ...path]) as LogOperation;
      }
    }
    return { operation: fitted, highestField };
  }
}

/** What is refused while a master of an earlier release is in the group. */
export function notKnown(masterId: string, what: string): DfsError {
  return new DfsError(
    'NOT_AVAILABLE_YET',
    `Master "${masterId}" is of a release that does not know ${what}, or has not said what it knows: nothing was ` +
      'done. Upgrade that master, start it, or remove it from the group',
    { nodeId: masterId },
  );
}

function operationNames(): readonly OperationName[] {
  // Object.keys forgets the type of the keys.
  return Object.keys(OPERATION_MESSAGES) as OperationName[];
}

function fieldsOf(table: LogFieldTable, message: LogMessageName, path: readonly string[]): LateField[] {
  return Object.entries<LogFieldRow>(table[message]).flatMap(([name, row]) => {
    const own = { path: [...path, name], since: row.since, without: row.without ?? 'refuse' };
    return [own, ...(row.message === undefined ? [] : fieldsOf(table, row.message, own.path))];
  });
}

/** Whether the field, or one of those of a list of messages, has another value than the default, which is not sent. */
function isSetIn(value: unknown, path: readonly string[]): boolean {
  if (Array.isArray(value)) return path.length === 0 ? value.length > 0 : value.some((item) => isSetIn(item, path));
  const [name, ...rest] = path;
  if (name !== undefined) return isMessage(value) && isSetIn(value[name], rest);
  if (value instanceof Uint8Array) return value.length > 0;
  return value !== undefined && value !== null && value !== 0 && value !== '' && value !== false;
}

function withoutField(value: unknown, path: readonly string[]): unknown {
  if (Array.isArray(value)) return value.map((item) => withoutField(item, path));
  const [name, ...rest] = path;
  if (name === undefined || !isMessage(value)) return value;
  const { [name]: field, ...others } = value;
  return rest.length === 0 ? others : { ...others, [name]: withoutField(field, rest) };
}

function isMessage(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
