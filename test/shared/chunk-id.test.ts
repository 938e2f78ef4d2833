import { expect, test } from 'vitest';
import { chunkIdOfUuid, chunkUuid, uuidFromBytes } from '../../src/shared/chunk-id.js';

const CLUSTER = uuidFromBytes(Uint8Array.from({ length: 16 }, (_, i) => 0x11 * (i + 1)));

test('uuidFromBytes: version 4, RFC variant', () => {
  expect(CLUSTER).toBe('11223344-5566-4788-99aa-bbccddeeff10');
  expect(() => uuidFromBytes(new Uint8Array(15))).toThrow('15 bytes');
});

test('chunkUuid: fixture', () => {
  expect(chunkUuid(CLUSTER, 1)).toBe('11223344-5566-8000-8000-000000000001');
  expect(chunkUuid(CLUSTER, Number.MAX_SAFE_INTEGER)).toBe('11223344-5566-8000-801f-ffffffffffff');
});

test('chunkIdOfUuid: reverses chunkUuid for every size of counter', () => {
  for (let id = 1; id < Number.MAX_SAFE_INTEGER; id = id * 3 + 1) expect(chunkIdOfUuid(CLUSTER, chunkUuid(CLUSTER, id))).toBe(id);
});

test('chunkIdOfUuid: null for foreign clusters and for what is no chunk uuid', () => {
  const other = uuidFromBytes(new Uint8Array(16).fill(7));
  expect(chunkIdOfUuid(other, chunkUuid(CLUSTER, 5))).toBeNull();
  expect(chunkIdOfUuid(CLUSTER, CLUSTER)).toBeNull();
  expect(chunkIdOfUuid(CLUSTER, '../../etc/passwd')).toBeNull();
  expect(chunkIdOfUuid(CLUSTER, '11223344-5566-8000-8000-000000000000')).toBeNull();
  expect(chunkIdOfUuid(CLUSTER, '11223344-5566-8000-8fff-ffffffffffff')).toBeNull();
});
