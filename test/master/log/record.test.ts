import { expect, test } from 'vitest';
import { GROUP_CODES, operationOfCode } from '../../../src/master/state/operations/op-codes.js';
import { OPERATIONS } from '../../../src/master/state/operations/operations.js';
import { decodeRecord, encodeRecord, mayBeginAt, PAYLOAD_BYTES_MAX, recordSizeBytes } from '../../../src/master/log/record.js';
import type { LogRecord } from '../../../src/master/log/record.js';

const record: LogRecord = {
  opCode: OPERATIONS.rename.code,
  term: 3,
  index: 0x0102,
  durableOffset: 77,
  body: Uint8Array.of(0xaa, 0xbb),
};
const FIXTURE = '0e' + '0000001e' + '0000000000000003' + '0000000000000102' + '000000000000004d' + 'aabb' + '084feb35';

function encoded(of: LogRecord): Uint8Array {
  const bytes = new Uint8Array(recordSizeBytes(of.body.length));
  expect(encodeRecord(of, bytes, 0)).toBe(bytes.length);
  return bytes;
}

test('encodeRecord lays a record out as the grammar says', () => {
  expect(Buffer.from(encoded(record)).toString('hex')).toBe(FIXTURE);
});

test('decodeRecord gives back what was encoded, and ignores what follows', () => {
  const bytes = Buffer.concat([Buffer.from(FIXTURE, 'hex'), Buffer.from('more')]);
  const decoded = decodeRecord(bytes);
  expect(decoded).toMatchObject({
    kind: 'valid',
    sizeBytes: 35,
    record: { opCode: 14, term: 3, index: 0x102, durableOffset: 77 },
  });
  expect(decoded.kind === 'valid' && Buffer.from(decoded.record.body).toString('hex')).toBe('aabb');
});

test('decodeRecord asks for more bytes until it can tell', () => {
  const bytes = Buffer.from(FIXTURE, 'hex');
  expect(decodeRecord(bytes.subarray(0, 4))).toEqual({ kind: 'short', neededBytes: 5 });
  expect(decodeRecord(bytes.subarray(0, 34))).toEqual({ kind: 'short', neededBytes: 35 });
});

test('decodeRecord finds a flip of any bit', () => {
  for (let bit = 0; bit < 35 * 8; bit += 1) {
    const bytes = Buffer.from(FIXTURE, 'hex');
    bytes[bit >> 3]! ^= 1 << (bit & 7);
    expect(decodeRecord(bytes).kind, `bit ${bit}`).not.toBe('valid');
  }
});

test('decodeRecord: a whole record with the op code of a newer release is no damage', () => {
  const newer = encoded({ ...record, opCode: 200 });
  expect(decodeRecord(newer)).toMatchObject({ kind: 'unknown', sizeBytes: 35, record: { opCode: 200, index: 0x102 } });
  newer[30]! ^= 1;
  expect(decodeRecord(newer)).toMatchObject({ kind: 'damaged' });
});

test('mayBeginAt: true where a record begins, false where op code or length rule one out', () => {
  const bytes = Buffer.concat([
    Buffer.from(FIXTURE, 'hex'),
    encoded({ ...record, opCode: 200 }),
    Buffer.alloc(8),
    Buffer.alloc(8, 97),
  ]);
  const places = Array.from({ length: bytes.length - 5 }, (_, at) => at).filter((at) => mayBeginAt(bytes, at));
  expect(places).toContain(0);
  expect(places).toContain(35);
  expect(places.every((at) => at < 70)).toBe(true);
});

test('decodeRecord: zeros are damage, not an operation; nor is a length out of bounds', () => {
  expect(decodeRecord(new Uint8Array(64))).toMatchObject({ kind: 'damaged' });
  const long = Buffer.from(FIXTURE, 'hex');
  long.writeUInt32BE(PAYLOAD_BYTES_MAX + 1, 1);
  expect(decodeRecord(long)).toMatchObject({ kind: 'damaged' });
  long.writeUInt32BE(5, 1);
  expect(decodeRecord(long)).toMatchObject({ kind: 'damaged' });
});

test('OPERATIONS: the codes on disk never change, and each is one operation', () => {
  const codes = Object.entries(OPERATIONS).map(([name, { code }]) => [name, code] as const);
  expect(Object.fromEntries(codes)).toEqual({
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
    replaceSession: 23,
    skipChunkIds: 21,
    removeNode: 22,
    deleteUnfinished: 24,
    createPlanned: 27,
    completeWritten: 28,
  });
  expect(GROUP_CODES).toEqual({ beginTerm: 2, members: 18, hardState: 19, segment: 20 });
  for (const [name, code] of codes) expect(operationOfCode(code)).toBe(name);
  // Operations and the group's records share one space of codes.
  const all = [...Object.values(OPERATIONS).map(({ code }) => code), ...Object.values(GROUP_CODES)];
  expect(new Set(all).size).toBe(all.length);
});
