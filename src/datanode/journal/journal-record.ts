/**
 * One record of the commit journal, to bytes and back. All integers are big-endian.
 *
 *   record := head meta data
 *   head   := magic "DFCJ", format u8 = 1, kind u8, zero u16, sequence u64, offset u64, durable u64, version u64, uuid 16 bytes,
 *             meta length u32, data length u32, crc32 of meta and data u32, crc32 of the head before it u32
 *
 *   kind      1 put: a chunk was committed; 2 forget: records of this chunk before this one, up to this version, are void
 *   sequence  of the segment, and offset in it: a copy of a record in another place is no record
 *   durable   bytes of the segment known to be on disk when the record was written: proof against damage below it
 *   meta      the bytes of the chunk's `.meta` file, with its version and the checksums of its blocks; data: the chunk's bytes
 */
import { crc32 } from '../../shared/crc32.js';
import { getUint64, setUint64 } from '../../shared/uint64.js';

export interface JournalRecord {
  readonly kind: 'put' | 'forget';
  readonly uuid: string;
  /** > 0 */
  readonly version: number;
  /** Empty in a `forget`, as is `data`. */
  readonly meta: Uint8Array;
  readonly data: Uint8Array;
}

/** Where a record stands. */
export interface RecordPlace {
  readonly sequence: number;
  readonly offset: number;
  /** <= offset */
  readonly durableOffset: number;
}

/**
 * valid: the record. spoiled: its head is whole, its meta or data is not, or is cut off. none: these bytes begin no record of this place.
 */
export type DecodedJournalRecord =
  | { readonly kind: 'valid'; readonly record: JournalRecord; readonly durableOffset: number; readonly sizeBytes: number }
  | {
      readonly kind: 'spoiled';
      readonly uuid: string;
      readonly version: number;
      readonly durableOffset: number;
      readonly sizeBytes: number;
    }
  | { readonly kind: 'none' };

export const JOURNAL_HEAD_BYTES = 72;
const MAGIC = 0x4446434a;
const FORMAT = 1;
const KINDS = ['put', 'forget'] as const;
const UUID_AT = 40;
const UUID_BYTES = 16;
const META_LENGTH_AT = 56;
const DATA_LENGTH_AT = 60;
const BODY_CRC_AT = 64;
const HEAD_CRC_AT = 68;

/** The bytes of a record. */
export function journalRecordBytes({ meta, data }: Pick<JournalRecord, 'meta' | 'data'>): number {
  return JOURNAL_HEAD_BYTES + meta.length + data.length;
}

/**
 * Lays a record out at `at` of `target`, which must have space for it.
 * @returns the position after it
 */
export function encodeJournalRecord(record: JournalRecord, place: RecordPlace, target: Uint8Array, at: number): number {
  const { kind, uuid, version, meta, data } = record;
  const view = new DataView(target.buffer, target.byteOffset + at, JOURNAL_HEAD_BYTES);
  view.setUint32(0, MAGIC);
  view.setUint8(4, FORMAT);
  view.setUint8(5, KINDS.indexOf(kind) + 1);
  view.setUint16(6, 0);
  setUint64(view, 8, place.sequence);
  setUint64(view, 16, place.offset);
  setUint64(view, 24, place.durableOffset);
  setUint64(view, 32, version);
  const digits = uuid.replaceAll('-', '');
  for (let i = 0; i < UUID_BYTES; i++) view.setUint8(UUID_AT + i, Number.parseInt(digits.slice(2 * i, 2 * i + 2), 16));
  view.setUint32(META_LENGTH_AT, meta.length);
  view.setUint32(DATA_LENGTH_AT, data.length);
  const bodyAt = at + JOURNAL_HEAD_BYTES;
  const end = bodyAt + meta.length + data.length;
  target.set(meta, bodyAt);
  target.set(data, bodyAt + meta.length);
  view.setUint32(BODY_CRC_AT, crc32(target.subarray(bodyAt, end)));
  view.setUint32(HEAD_CRC_AT, crc32(target.subarray(at, at + HEAD_CRC_AT)));
  return end;
}

/**
 * Reads the record at `offset` of a segment. Its meta and data are views of the segment.
 * @param segment all bytes of the file
 */
export function decodeJournalRecord(segment: Uint8Array, offset: number, sequence: number): DecodedJournalRecord {
  if (segment.length - offset < JOURNAL_HEAD_BYTES) return { kind: 'none' };
  const view = new DataView(segment.buffer, segment.byteOffset + offset, JOURNAL_HEAD_BYTES);
  if (view.getUint32(0) !== MAGIC || view.getUint8(4) !== FORMAT) return { kind: 'none' };
  if (view.getUint32(HEAD_CRC_AT) !== crc32(segment.subarray(offset, offset + HEAD_CRC_AT))) return { kind: 'none' };
  const kind = KINDS[view.getUint8(5) - 1];
  if (kind === undefined || getUint64(view, 8) !== sequence || getUint64(view, 16) !== offset) return { kind: 'none' };
  const durableOffset = getUint64(view, 24);
  const version = getUint64(view, 32);
  const uuid = uuidAt(view);
  const bodyAt = offset + JOURNAL_HEAD_BYTES;
  const dataAt = bodyAt + view.getUint32(META_LENGTH_AT);
  const end = dataAt + view.getUint32(DATA_LENGTH_AT);
  const sizeBytes = end - offset;
  const isWhole = end <= segment.length && view.getUint32(BODY_CRC_AT) === crc32(segment.subarray(bodyAt, end));
  if (!isWhole) return { kind: 'spoiled', uuid, version, durableOffset, sizeBytes };
  const record = { kind, uuid, version, meta: segment.subarray(bodyAt, dataAt), data: segment.subarray(dataAt, end) };
  return { kind: 'valid', record, durableOffset, sizeBytes };
}

/** The first place from `from` on where a record can begin, by its magic number; the end of the segment when there is none. */
export function nextPlausibleRecord(segment: Uint8Array, from: number): number {
  for (let at = segment.indexOf(MAGIC >>> 24, from); at !== -1; at = segment.indexOf(MAGIC >>> 24, at + 1)) {
    if (at + JOURNAL_HEAD_BYTES > segment.length) break;
    if (new DataView(segment.buffer, segment.byteOffset + at, 4).getUint32(0) === MAGIC) return at;
  }
  return segment.length;
}

function uuidAt(view: DataView): string {
  let hex = '';
  for (let i = 0; i < UUID_BYTES; i++)
    hex += view
      .getUint8(UUID_AT + i)
      .toString(16)
      .padStart(2, '0');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
