/** Conformance of a Compute. */
import { expect, test } from 'vitest';
import { crc32 } from '../../../src/shared/crc32.js';
import { patternBytes } from '../bytes.js';
import { dfsError, failureOf, type Subject } from './world.js';

const KIB = 1024;

export function computeConformance({ run }: Subject): void {
  test('blockChecksums: one CRC32 for each block, the last one shorter, none for nothing', () =>
    run(async ({ runtime: { compute } }) => {
      // The check value of the CRC-32 catalogue.
      const digits = new TextEncoder().encode('123456789');
      expect([...(await compute.blockChecksums(digits.slice(), 64))]).toEqual([0xcbf43926]);
      for (const [bytes, blockSizeBytes] of [
        [10, 4],
        [8, 4],
        [150_000, 64 * KIB],
        [2 * KIB * KIB + 1, 64 * KIB],
      ] as const) {
        const data = patternBytes(bytes);
        const blocks = Array.from({ length: Math.ceil(bytes / blockSizeBytes) }, (_, i) =>
          data.slice(i * blockSizeBytes, (i + 1) * blockSizeBytes),
        );
        const checksums = await compute.blockChecksums(data, blockSizeBytes);
        expect(checksums).toBeInstanceOf(Uint32Array);
        expect([...checksums]).toEqual(blocks.map((block) => crc32(block)));
      }
      expect([...(await compute.blockChecksums(new Uint8Array(0), 64))]).toEqual([]);
    }));

  test('blockChecksums: of a part of a buffer, whose rest stays', () =>
    run(async ({ runtime: { compute } }) => {
      for (const bytes of [1_000, 1_000_000]) {
        const whole = patternBytes(bytes + 200);
        const part = whole.subarray(100, 100 + bytes);
        const expected = crc32(part.slice());
        expect([...(await compute.blockChecksums(part, 2_000_000))]).toEqual([expected]);
        expect([whole.length, whole[1], whole.at(-1)]).toEqual([
          bytes + 200,
          patternBytes(2)[1],
          patternBytes(bytes + 200).at(-1),
        ]);
      }
    }));

  test('blockChecksums: several at once', () =>
    run(async ({ runtime: { compute } }) => {
      const sizes = Array.from({ length: 8 }, (_, i) => (i + 1) * 100_000);
      const sums = await Promise.all(sizes.map((bytes) => compute.blockChecksums(patternBytes(bytes), bytes)));
      expect(sums.map(([sum]) => sum)).toEqual(sizes.map((bytes) => crc32(patternBytes(bytes))));
    }));

  test('blockChecksums: a block size that is not above 0 is INVALID_ARGUMENT', () =>
    run(async ({ runtime: { compute } }) => {
      for (const blockSizeBytes of [0, -1, NaN]) {
        const found = await failureOf(compute.blockChecksums(new Uint8Array(10), blockSizeBytes));
        expect(found).toMatchObject(dfsError('INVALID_ARGUMENT'));
      }
    }));
}
