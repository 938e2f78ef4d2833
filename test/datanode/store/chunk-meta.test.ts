import fc from 'fast-check';
import { expect, test } from 'vitest';
import { blockCount, decodeChunkMeta, encodeChunkMeta, META_BYTES_MAX } from '../../../src/datanode/store/chunk-meta.js';
import { crc32 } from '../../../src/shared/crc32.js';
import { isDfsError } from '../../../src/shared/errors.js';
import { BLOCK_BYTES, CHUNK_BYTES_MAX } from '../../../src/shared/limits.js';

/** Version 3, 65,537 bytes, two blocks. */
const FIXTURE =
  '4446434d' + '01000000' + '0000000000000003' + '0000000000010001' + '00010000' + 'deadbeef' + '00000007' + 'eceffc18';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const corrupt = (run: () => unknown): boolean => {
  try {
    run();
    return false;
  } catch (error) {
    return isDfsError(error, 'DATA_CORRUPT');
  }
};

test('encodeChunkMeta has this layout, byte for byte', () => {
  const meta = { version: 3, lengthBytes: BLOCK_BYTES + 1, checksums: Uint32Array.of(0xdeadbeef, 7) };
  expect(hex(encodeChunkMeta(meta))).toBe(FIXTURE);
  expect(decodeChunkMeta(Buffer.from(FIXTURE, 'hex'))).toEqual(meta);
});

test('decodeChunkMeta gives back what encodeChunkMeta was given', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
      fc.integer({ min: 0, max: 40 * BLOCK_BYTES }),
      (version, lengthBytes) => {
        const checksums = Uint32Array.from({ length: blockCount(lengthBytes) }, (_, i) => (i * 2_654_435_761) >>> 0);
        expect(decodeChunkMeta(encodeChunkMeta({ version, lengthBytes, checksums }))).toEqual({
          version,
          lengthBytes,
          checksums,
        });
      },
    ),
  );
});

test('decodeChunkMeta refuses every flipped bit and every cut', () => {
  const good = Buffer.from(FIXTURE, 'hex');
  for (let bit = 0; bit < good.length * 8; bit++) {
    const bad = Buffer.from(good);
    bad[bit >> 3] = (bad[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    expect(corrupt(() => decodeChunkMeta(bad))).toBe(true);
  }
  for (let length = 0; length < good.length; length++)
    expect(corrupt(() => decodeChunkMeta(good.subarray(0, length)))).toBe(true);
  expect(corrupt(() => decodeChunkMeta(Buffer.concat([good, Buffer.alloc(4)])))).toBe(true);
});

test('decodeChunkMeta refuses lengths beyond the bounds even under a right checksum', () => {
  const claim = (lengthBytes: bigint, blockBytes: number): Buffer => {
    const bytes = Buffer.from(FIXTURE, 'hex');
    bytes.writeBigUInt64BE(lengthBytes, 16);
    bytes.writeUInt32BE(blockBytes, 24);
    bytes.writeUInt32BE(crc32(bytes.subarray(0, -4)), bytes.length - 4);
    return bytes;
  };
  expect(corrupt(() => decodeChunkMeta(claim(BigInt(CHUNK_BYTES_MAX) + 1n, BLOCK_BYTES)))).toBe(true);
  expect(corrupt(() => decodeChunkMeta(claim(3n * BigInt(BLOCK_BYTES), BLOCK_BYTES)))).toBe(true);
  expect(corrupt(() => decodeChunkMeta(claim(BigInt(BLOCK_BYTES) + 1n, 4096)))).toBe(true);
  expect(corrupt(() => decodeChunkMeta(new Uint8Array(META_BYTES_MAX + 1)))).toBe(true);
});
