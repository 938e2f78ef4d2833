/** The first byte of each record of master.log: the codes of the operations, and those of the records that the Raft group needs. */
import { OPERATIONS } from './operations.js';

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
  ...Object.entries(OPERATIONS).map(([name, { code }]) => [code, name] as const),
  ...Object.entries(GROUP_CODES).map(([name, code]) => [code, name] as const),
]);

const GROUP_CODE_SET: ReadonlySet<number> = new Set(Object.values(GROUP_CODES));

/** True for the code of a record that holds no operation. */
export function isGroupCode(code: number): boolean {
  return GROUP_CODE_SET.has(code);
}

/** The name of a code, or undefined for a byte that is none. */
export function operationOfCode(code: number): string | undefined {
  return NAMES.get(code);
}
