/**
 * One record of master.log, to bytes and back. All integers big-endian.
 *
 *   record  := opCode:u8 length:u32 payload          length counts the payload
 *   payload := term:u64 index:u64 durable:u64 body crc:u32
 *
 *   durable  the offset of the file known to be on disk when the record was written: proof against damage below it
 *   body     of an operation a protobuf LogEntry; of the other codes see op-codes.ts
 *   crc      CRC32 of everything before it: op code, length and payload
 */
import { crc32Portable } from '../../shared/crc32.js';
import { DfsError } from '../../shared/errors.js';
import { MIB } from '../../shared/limits.js';
import { getUint64, setUint64 } from '../../shared/uint64.js';
import { operationOfCode } from '../state/operations/op-codes.js';

export const RECORD_HEADER_BYTES = 5;
const PAYLOAD_HEADER_BYTES = 24;
const CRC_BYTES = 4;
const PAYLOAD_BYTES_MIN = PAYLOAD_HEADER_BYTES + CRC_BYTES;
/** Of one payload: LENGTH beyond it is damage. What the Raft core takes as one proposal (1 MiB) fits. */
export const PAYLOAD_BYTES_MAX = MIB + 64;
export const RECORD_BYTES_MAX = RECORD_HEADER_BYTES + PAYLOAD_BYTES_MAX;
/** What a body may take of it. */
const BODY_BYTES_MAX = PAYLOAD_BYTES_MAX - PAYLOAD_BYTES_MIN;

export interface LogRecord {
  /** Of a row of OPERATIONS, or one of GROUP_CODES. */
  readonly opCode: number;
  /** >= 1, never goes back from record to record. */
  readonly term: number;
  /** 1, 2, 3, … */
  readonly index: number;
  /** Bytes of the file known to be durable when this record was written; <= the record's own offset. */
  readonly durableOffset: number;
  readonly body: Uint8Array;
}

/**
 * valid: the record and its size. unknown: a whole record, with an op code that this release does not know. short: more bytes are needed
 * to decide. damaged: these bytes are no record.
 */
export type DecodedRecord =
  | { readonly kind: 'valid' | 'unknown'; readonly record: LogRecord; readonly sizeBytes: number }
  | { readonly kind: 'short'; readonly neededBytes: number }
  | { readonly kind: 'damaged'; readonly reason: string };

/** The bytes of a record with a body of this size. */
export function recordSizeBytes(bodyBytes: number): number {
  return RECORD_HEADER_BYTES + PAYLOAD_BYTES_MIN + bodyBytes;
}

/**
 * @throws DfsError INVALID_ARGUMENT when the body is too large for one record
 */
export function assertBodyFits(body: Uint8Array): void {
  if (body.length > BODY_BYTES_MAX) {
    throw new DfsError('INVALID_ARGUMENT', `Cannot log a request of ${body.length} bytes: the limit is ${BODY_BYTES_MAX}`);
  }
}

/**
 * Lays a record out at `offset` of `target`, which must have space for it.
 * @returns the offset after it
 */
export function encodeRecord(record: LogRecord, target: Uint8Array, offset: number): number {
  const size = recordSizeBytes(record.body.length);
  const view = new DataView(target.buffer, target.byteOffset + offset, size);
  view.setUint8(0, record.opCode);
  view.setUint32(1, size - RECORD_HEADER_BYTES);
  setUint64(view, 5, record.term);
  setUint64(view, 13, record.index);
  setUint64(view, 21, record.durableOffset);
  target.set(record.body, offset + RECORD_HEADER_BYTES + PAYLOAD_HEADER_BYTES);
  view.setUint32(size - CRC_BYTES, crc32Portable(target.subarray(offset, offset + size - CRC_BYTES)));
  return offset + size;
}

/**
 * Reads the record at the start of `bytes`. Its body is a view of them.
 * @param bytes what is there; a record needs at most RECORD_BYTES_MAX
 */
export function decodeRecord(bytes: Uint8Array): DecodedRecord {
  if (bytes.length < RECORD_HEADER_BYTES) return { kind: 'short', neededBytes: RECORD_HEADER_BYTES };
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const opCode = view.getUint8(0);
  if (opCode === 0) return { kind: 'damaged', reason: '0 is not an op code' };
  const length = view.getUint32(1);
  if (length < PAYLOAD_BYTES_MIN || length > PAYLOAD_BYTES_MAX) {
    return { kind: 'damaged', reason: `a payload cannot have ${length} bytes` };
  }
  const size = RECORD_HEADER_BYTES + length;
  if (bytes.length < size) return { kind: 'short', neededBytes: size };
  const crc = view.getUint32(size - CRC_BYTES);
  if (crc32Portable(bytes.subarray(0, size - CRC_BYTES)) !== crc)
    return { kind: 'damaged', reason: 'its checksum does not match' };
  const term = getUint64(view, 5);
  const index = getUint64(view, 13);
  const durableOffset = getUint64(view, 21);
  const body = bytes.subarray(RECORD_HEADER_BYTES + PAYLOAD_HEADER_BYTES, size - CRC_BYTES);
  const kind = operationOfCode(opCode) === undefined ? 'unknown' : 'valid';
  return { kind, record: { opCode, term, index, durableOffset, body }, sizeBytes: size };
}

/**
 * Whether a record can begin at `at`: a quick look at op code and LENGTH, for a search at every offset.
 * @param bytes that hold at least RECORD_HEADER_BYTES from there on
 */
export function mayBeginAt(bytes: Uint8Array, at: number): boolean {
  return bytes[at] !== 0 && bytes[at + 1] === 0 && (bytes[at + 2] ?? 0) <= PAYLOAD_BYTES_MAX >>> 16;
}
