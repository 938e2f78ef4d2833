/**
 * The data of a log entry, to bytes and back.
 *
 *   data := opCode:u8 body          body: a protobuf LogEntry, whose operation is the one that the code names
 */
import { messageCodec } from '../../../protocol/messages.js';
import type { LogEntry, LogEntry__Output } from '../../../protocol/generated/distrifs/v1/LogEntry.js';
import { DfsError } from '../../../shared/errors.js';
import { operationOfCode } from './op-codes.js';
import type { OperationName } from './log-operation.js';
import { HIGHEST_OPERATION, OPERATIONS } from './operations.js';

export const logEntryCodec = messageCodec<LogEntry, LogEntry__Output>('LogEntry');

/** An entry whose operation this release knows. */
type KnownEntry = LogEntry__Output & { readonly operation: OperationName };

/** The data of an entry that carries this operation. */
export function encodeEntryData(entry: LogEntry & { readonly operation: OperationName }): Uint8Array {
  const body = logEntryCodec.encode(entry);
  const data = new Uint8Array(1 + body.length);
  data[0] = OPERATIONS[entry.operation].code;
  data.set(body, 1);
  return data;
}

/**
 * @param index of the entry, for messages
 * @throws DfsError LOG_DAMAGED when the data cannot be understood; UNIMPLEMENTED for an operation of a newer release, or a field of one
 */
export function decodeEntryData(index: number, data: Uint8Array): KnownEntry {
  const code = data[0] ?? 0;
  const name = operationOfCode(code);
  if (name === undefined && code !== 0) throw unknownOperation(`Entry ${index} of the log`, code);
  const said = name ?? String(code);
  let entry: LogEntry__Output;
  try {
    entry = logEntryCodec.decode(data.subarray(1));
  } catch (error) {
    throw new DfsError('LOG_DAMAGED', `Entry ${index} of the log is marked "${said}" and cannot be decoded`, { cause: error });
  }
  if (entry.highestField > HIGHEST_OPERATION) {
    throw newerRelease(`Entry ${index} of the log holds field ${entry.highestField} of "${said}"`);
  }
  if (isMarked(entry, code)) return entry;
  throw new DfsError(
    'LOG_DAMAGED',
    `Entry ${index} of the log is marked "${said}" and holds "${entry.operation ?? 'nothing known'}". ` +
      'It may be from a newer release: start that one; nothing was changed',
  );
}

/** Whether an entry holds the operation that its code names. */
function isMarked(entry: LogEntry__Output, code: number): entry is KnownEntry {
  return entry.operation !== undefined && OPERATIONS[entry.operation].code === code;
}

/**
 * What a master stops with at an operation that it does not know: to pass over it would make its state another one than the others'.
 * @param where what holds the operation
 */
export function unknownOperation(where: string, code: number): DfsError {
  return newerRelease(`${where} holds operation ${code}`);
}

function newerRelease(what: string): DfsError {
  return new DfsError(
    'UNIMPLEMENTED',
    `${what}, which this release does not know: start the release that wrote it, or a newer one. Nothing was changed`,
  );
}
