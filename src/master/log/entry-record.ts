/**
 * Entries of the core as records of the log, and back.
 *
 *   data     op code = its first byte, body = the rest (a LogEntry)
 *   empty    op code beginTerm, no body
 *   members  op code members, body RaftMembers
 */
import assert from 'node:assert/strict';
import type { Entry, EntryBody, EntryId, HardState } from '../../raft/types.js';
import { encodeHardState, encodeMembers, decodeMembers } from './hard-state.js';
import { unknownOperation } from '../state/operations/log-entry.js';
import { GROUP_CODES, isGroupCode, operationOfCode } from '../state/operations/op-codes.js';
import { assertBodyFits } from './record.js';
import type { LogRecord } from './record.js';

/** What becomes a record once it is known where it stands. */
export interface LogItem {
  readonly opCode: number;
  /** null: no entry; it takes the id of the last entry before it. */
  readonly id: EntryId | null;
  readonly body: Uint8Array;
}

const NO_BODY = new Uint8Array(0);

/** Tells whether the data of an entry begins with the op code of an operation, as all that is proposed does. */
export function isOperationData(data: Uint8Array): boolean {
  const opCode = data[0] ?? 0;
  return operationOfCode(opCode) !== undefined && !isGroupCode(opCode);
}

/**
 * Does not copy the entry's data.
 * @throws DfsError INVALID_ARGUMENT when it is too large for a record; UNIMPLEMENTED for an operation of a newer release
 */
export function itemOfEntry(entry: Entry): LogItem {
  const { body } = entry;
  switch (body.kind) {
    case 'empty':
      return { opCode: GROUP_CODES.beginTerm, id: entry, body: NO_BODY };
    case 'members':
      return { opCode: GROUP_CODES.members, id: entry, body: encodeMembers(body.members) };
    case 'data': {
      const opCode = body.data[0] ?? 0;
      assert(opCode !== 0 && !isGroupCode(opCode), `entry ${entry.index} begins with byte ${opCode}, which is no operation`);
      if (operationOfCode(opCode) === undefined) throw unknownOperation(`Entry ${entry.index}, which the leader sent,`, opCode);
      const rest = body.data.subarray(1);
      assertBodyFits(rest);
      return { opCode, id: entry, body: rest };
    }
  }
}

export function itemOfHardState(hardState: HardState): LogItem {
  return { opCode: GROUP_CODES.hardState, id: null, body: encodeHardState(hardState) };
}

/**
 * Copies what it keeps of the record.
 * @throws DfsError PROTOCOL_ERROR when a set of members cannot be understood
 */
export function entryOfRecord({ opCode, term, index, body }: LogRecord): Entry {
  return { index, term, body: bodyOf(opCode, body) };
}

function bodyOf(opCode: number, body: Uint8Array): EntryBody {
  if (opCode === GROUP_CODES.members) return { kind: 'members', members: decodeMembers(body) };
  if (opCode === GROUP_CODES.beginTerm && body.length === 0) return { kind: 'empty' };
  const data = new Uint8Array(1 + body.length);
  data[0] = opCode;
  data.set(body, 1);
  return { kind: 'data', data };
}
