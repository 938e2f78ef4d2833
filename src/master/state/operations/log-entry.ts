/**
 * The data of a log entry, to bytes and back.
 *
 *   data := opCode:u8 body          body: a protobuf LogEntry, whose operation is the one that the code names
 */
import { messageCodec } from '../../../protocol/messages.js';
import type { LogEntry, LogEntry__Output } from '../../../protocol/generated/distrifs/v1/LogEntry.js';
import { DfsError } from '../../../shared/errors.js';
import { OP_CODES, operationOfCode } from './op-codes.js';
import type { OperationName } from './op-codes.js';

export const logEntryCodec = messageCodec<LogEntry, LogEntry__Output>('LogEntry');

/** The data of an entry that carries this operation. */
export function encodeEntryData(entry: LogEntry & { readonly operation: OperationName }): Uint8Array {
  const body = logEntryCodec.encode(entry);
  const data = new Uint8Array(1 + body.length);
  data[0] = OP_CODES[entry.operation];
  data.set(body, 1);
  return data;
}

/**
 * @param index of the entry, for messages
 * @throws DfsError LOG_DAMAGED when the data cannot be understood
 */
export function decodeEntryData(index: number, data: Uint8Array): LogEntry__Output {
  const code = data[0] ?? 0;
  const said = operationOfCode(code) ?? String(code);
  let entry: LogEntry__Output;
  try {
    entry = logEntryCodec.decode(data.subarray(1));
  } catch (error) {
    throw new DfsError('LOG_DAMAGED', `Entry ${index} of the log is marked "${said}" and cannot be decoded`, { cause: error });
  }
  if (entry.operation !== undefined && OP_CODES[entry.operation] === code) return entry;
  throw new DfsError(
    'LOG_DAMAGED',
    `Entry ${index} of the log is marked "${said}" and holds "${entry.operation ?? 'nothing known'}". ` +
      'It may be from a newer release: start that one; nothing was changed',
  );
}
