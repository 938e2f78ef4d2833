/** The one table of op codes: the first byte of each record of master.log. */
import type { LogEntry__Output } from '../../../protocol/generated/distrifs/v1/LogEntry.js';

export type OperationName = NonNullable<LogEntry__Output['operation']>;

/** Of the records whose body is a LogEntry. Codes are for ever: a new operation takes a new number. 0 is none, so that zeros are never one. */
export const OP_CODES: Readonly<Record<OperationName, number>> = {
  initCluster: 1,
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
  registerMaster: 17,
};

/** Of the records that the Raft group needs beside the operations. */
export const GROUP_CODES = {
  /** The entry that opens a term; no body. */
  beginTerm: 2,
  /** An entry with the whole set of masters: RaftMembers. */
  members: 18,
  /** Term, vote, incarnation: RaftHardState. No entry: its index is that of the last entry before it. */
  hardState: 19,
  /** The first record of each file of the log: index and term of the entry before the first one here; body: segment-head.ts. */
  segment: 20,
} as const;

const NAMES: ReadonlyMap<number, string> = new Map([
  ...Object.entries(OP_CODES).map(([name, code]) => [code, name] as const),
  ...Object.entries(GROUP_CODES).map(([name, code]) => [code, name] as const),
]);

/** The name of a code, or undefined for a byte that is none. */
export function operationOfCode(code: number): string | undefined {
  return NAMES.get(code);
}
