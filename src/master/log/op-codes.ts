/** The one table of op codes: the first byte of each record of master.log, by the LogEntry operation it carries. */
import type { LogEntry__Output } from '../../protocol/generated/distrifs/v1/LogEntry.js';

export type OperationName = NonNullable<LogEntry__Output['operation']>;

/** Codes are for ever: a new operation takes a new number. 0 is none, so that zeros on disk are never an operation. */
export const OP_CODES: Readonly<Record<OperationName, number>> = {
  initCluster: 1,
  beginTerm: 2,
  registerNode: 3,
  openSession: 4,
  renewSession: 5,
  closeSession: 6,
  expireSessions: 7,
  createFile: 8,
  assignChunk: 9,
  commitVersion: 10,
  completeFile: 11,
  abandonFile: 12,
  makeDirectory: 13,
  rename: 14,
  delete: 15,
  purge: 16,
};

const NAMES: ReadonlyMap<number, string> = new Map(Object.entries(OP_CODES).map(([name, code]) => [code, name]));

/** The operation of a code, or undefined for a byte that is none. */
export function operationOfCode(code: number): string | undefined {
  return NAMES.get(code);
}
