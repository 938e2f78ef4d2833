import { expect, test } from 'vitest';
import { chunkCount, chunkPosition, chunkRanges } from '../../src/shared/chunk-math.js';
import { DEFAULT_CHUNK_BYTES } from '../../src/shared/limits.js';

test('chunkPosition: byte 70,000,000 with 64 MiB chunks is in the second chunk, at offset 2,891,136', () => {
  expect(DEFAULT_CHUNK_BYTES).toBe(67_108_864);
  expect(chunkPosition(70_000_000, DEFAULT_CHUNK_BYTES)).toEqual({ index: 1, offset: 2_891_136 });
});

test('chunkPosition: the edges of a chunk', () => {
  expect(chunkPosition(0, 10)).toEqual({ index: 0, offset: 0 });
  expect(chunkPosition(9, 10)).toEqual({ index: 0, offset: 9 });
  expect(chunkPosition(10, 10)).toEqual({ index: 1, offset: 0 });
});

test('chunkPosition: exact far beyond 2^32', () => {
  const offset = 2 ** 52 + 12_345;
  const position = chunkPosition(offset, DEFAULT_CHUNK_BYTES);
  expect(position.index * DEFAULT_CHUNK_BYTES + position.offset).toBe(offset);
  expect(position.offset).toBeLessThan(DEFAULT_CHUNK_BYTES);
});

test('chunkCount: none for an empty file, a last chunk that is not full counts', () => {
  expect([0, 1, 10, 11].map((length) => chunkCount(length, 10))).toEqual([0, 1, 1, 2]);
});

test('chunkRanges: cut at chunk borders, nothing for an empty range', () => {
  expect([...chunkRanges(7, 25, 10)]).toEqual([
    { index: 0, offset: 7, length: 3 },
    { index: 1, offset: 0, length: 10 },
    { index: 2, offset: 0, length: 5 },
  ]);
  expect([...chunkRanges(7, 7, 10)]).toEqual([]);
});
