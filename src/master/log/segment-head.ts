/**
 * How a file of the log begins: which one it is, what it follows, and the hard state at that time, so that older files can go.
 *
 *   head    := segment-record hard-state-record
 *   segment := generation:u64 previousGeneration:u64 previousSizeBytes:u64     the body of the first record, big-endian
 *
 * The first record's term and index are those of the entry before the first one here. Each file made in a folder has a larger
 * generation than all before: the hint beside the log names its file by it, and leftovers of an interrupted step are recognized by it. A file that follows none (previousGeneration 0) begins the log anew, after a checkpoint:
 * whatever has a smaller generation is void.
 */
import type { EntryId, HardState } from '../../raft/types.js';
import { isDfsError } from '../../shared/errors.js';
import { getUint64, setUint64 } from '../../shared/uint64.js';
import { decodeHardState, encodeHardState } from './hard-state.js';
import { GROUP_CODES } from '../state/operations/op-codes.js';
import { decodeRecord, encodeRecord, recordSizeBytes } from './record.js';
import type { DecodedRecord } from './record.js';

export interface SegmentHead {
  /** >= 1 */
  readonly generation: number;
  /** 0: none, the log begins here. */
  readonly previousGeneration: number;
  /** Of the file that this one follows, when that was closed; 0: none. */
  readonly previousSizeBytes: number;
  /** The entry before the first one here. */
  readonly base: EntryId;
}

const SEGMENT_BODY_BYTES = 24;
/** Of the first record, in every file. */
export const SEGMENT_RECORD_BYTES = recordSizeBytes(SEGMENT_BODY_BYTES);
/** A head is never longer: ids of masters are short. */
export const HEAD_BYTES_MAX = 1_024;

/** The first record alone. */
export function encodeSegmentRecord(head: SegmentHead): Uint8Array {
  const body = new Uint8Array(SEGMENT_BODY_BYTES);
  const view = new DataView(body.buffer);
  setUint64(view, 0, head.generation);
  setUint64(view, 8, head.previousGeneration);
  setUint64(view, 16, head.previousSizeBytes);
  const bytes = new Uint8Array(SEGMENT_RECORD_BYTES);
  encodeRecord({ opCode: GROUP_CODES.segment, ...head.base, durableOffset: 0, body }, bytes, 0);
  return bytes;
}

/** @param id of the last entry before it */
export function encodeHardStateRecord(hardState: HardState, id: EntryId, durableOffset: number): Uint8Array {
  const body = encodeHardState(hardState);
  const bytes = new Uint8Array(recordSizeBytes(body.length));
  encodeRecord({ opCode: GROUP_CODES.hardState, term: id.term, index: id.index, durableOffset, body }, bytes, 0);
  return bytes;
}

/** All that a new file begins with. */
export function encodeHead(head: SegmentHead, hardState: HardState): Uint8Array {
  const segment = encodeSegmentRecord(head);
  const vote = encodeHardStateRecord(hardState, head.base, 0);
  const bytes = new Uint8Array(segment.length + vote.length);
  bytes.set(segment);
  bytes.set(vote, segment.length);
  return bytes;
}

export type DecodedHead =
  | { readonly kind: 'valid'; readonly head: SegmentHead; readonly hardState: HardState; readonly sizeBytes: number }
  | { readonly kind: 'damaged'; readonly at: number; readonly reason: string };

/** @param bytes of the file's beginning: HEAD_BYTES_MAX, or all there are */
export function decodeHead(bytes: Uint8Array): DecodedHead {
  const segment = decodeRecord(bytes);
  if (segment.kind !== 'valid') return { kind: 'damaged', at: 0, reason: reasonOf(segment) };
  const { opCode, body, term, index } = segment.record;
  if (opCode !== GROUP_CODES.segment || body.length !== SEGMENT_BODY_BYTES) {
    return { kind: 'damaged', at: 0, reason: 'the file does not begin with the record that says which segment it is' };
  }
  const at = segment.sizeBytes;
  const vote = decodeRecord(bytes.subarray(at));
  if (vote.kind !== 'valid') return { kind: 'damaged', at, reason: reasonOf(vote) };
  if (vote.record.opCode !== GROUP_CODES.hardState) return { kind: 'damaged', at, reason: 'term and vote do not stand here' };
  const view = new DataView(body.buffer, body.byteOffset, body.length);
  const [generation, previousGeneration, previousSizeBytes] = [getUint64(view, 0), getUint64(view, 8), getUint64(view, 16)];
  try {
    const hardState = decodeHardState(vote.record.body);
    const head = { generation, previousGeneration, previousSizeBytes, base: { index, term } };
    return { kind: 'valid', head, hardState, sizeBytes: at + vote.sizeBytes };
  } catch (error) {
    if (!isDfsError(error, 'PROTOCOL_ERROR')) throw error;
    return { kind: 'damaged', at, reason: 'term and vote cannot be understood' };
  }
}

/** Why bytes are no record. */
export function reasonOf(decoded: Exclude<DecodedRecord, { kind: 'valid' }>): string {
  if (decoded.kind === 'unknown') return `${decoded.record.opCode} is not an op code`;
  return decoded.kind === 'damaged' ? decoded.reason : 'the record is cut off by the end of the file';
}
