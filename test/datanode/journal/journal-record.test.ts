import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  decodeJournalRecord,
  encodeJournalRecord,
  type JournalRecord,
  journalRecordBytes,
  nextPlausibleRecord,
} from '../../../src/datanode/journal/journal-record.js';
import { uuidOf } from '../fixtures.js';

const PUT: JournalRecord = {
  kind: 'put',
  uuid: uuidOf(7),
  version: 2 ** 40 + 3,
  meta: Uint8Array.of(1, 2, 3),
  data: Uint8Array.of(0xaa, 0xbb),
};

/** Magic, format and kind, sequence, offset, durable, version, uuid, lengths, CRC of the body, CRC of the head, meta, data. */
const FIXTURE =
  '4446434a' +
  '01010000' +
  '0000000000000005' +
  '0000000000000004' +
  '0000000000000002' +
  '0000010000000003' +
  uuidOf(7).replaceAll('-', '') +
  '00000003' +
  '00000002' +
  '5b569618' +
  '366b710d' +
  '010203' +
  'aabb';

function encode(record: JournalRecord, sequence: number, offset: number, durableOffset: number): Uint8Array {
  const segment = new Uint8Array(offset + journalRecordBytes(record));
  encodeJournalRecord(record, { sequence, offset, durableOffset }, segment, offset);
  return segment;
}

const anyRecord = fc.record({
  kind: fc.constantFrom('put', 'forget'),
  uuid: fc.uuid(),
  version: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
  meta: fc.uint8Array({ maxLength: 60 }),
  data: fc.uint8Array({ maxLength: 300 }),
}) satisfies fc.Arbitrary<JournalRecord>;

test('encodeJournalRecord has this layout, byte for byte', () => {
  expect(Buffer.from(encode(PUT, 5, 4, 2).subarray(4)).toString('hex')).toBe(FIXTURE);
});

test('decodeJournalRecord gives back what encodeJournalRecord was given, in its own place only', () => {
  fc.assert(
    fc.property(anyRecord, fc.nat(50), fc.integer({ min: 1, max: 1_000 }), (record, offset, sequence) => {
      const segment = encode(record, sequence, offset, Math.min(3, offset));
      const sizeBytes = journalRecordBytes(record);
      expect(decodeJournalRecord(segment, offset, sequence)).toEqual({
        kind: 'valid',
        record,
        durableOffset: Math.min(3, offset),
        sizeBytes,
      });
      expect(decodeJournalRecord(segment, offset, sequence + 1).kind).toBe('none');
      const moved = new Uint8Array(segment.length + 1);
      moved.set(segment, 1);
      expect(decodeJournalRecord(moved, offset + 1, sequence).kind).toBe('none');
    }),
  );
});

test('decodeJournalRecord: a flipped bit spoils the record; in its body the head still tells whose it was, and where it ends', () => {
  fc.assert(
    fc.property(anyRecord, fc.nat(), fc.nat(7), (record, at, bit) => {
      const segment = encode(record, 1, 0, 0);
      const byte = at % segment.length;
      segment[byte] = (segment[byte] ?? 0) ^ (1 << bit);
      const decoded = decodeJournalRecord(segment, 0, 1);
      if (byte < 72) expect(decoded.kind).toBe('none');
      else
        expect(decoded).toMatchObject({ kind: 'spoiled', uuid: record.uuid, version: record.version, sizeBytes: segment.length });
    }),
  );
});

test('decodeJournalRecord: a record that is cut off is no valid one', () => {
  fc.assert(
    fc.property(anyRecord, fc.nat(), (record, length) => {
      const segment = encode(record, 1, 0, 0);
      const kept = length % segment.length;
      expect(decodeJournalRecord(segment.subarray(0, kept), 0, 1).kind).toBe(kept < 72 ? 'none' : 'spoiled');
    }),
  );
});

test('nextPlausibleRecord finds the next place where a record may begin', () => {
  const segment = encode(PUT, 1, 9, 0);
  segment.set([0x44, 0x46, 0x43], 2);
  expect(nextPlausibleRecord(segment, 0)).toBe(9);
  expect(nextPlausibleRecord(segment, 10)).toBe(segment.length);
});
