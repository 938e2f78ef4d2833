import fc from 'fast-check';
import { expect, test } from 'vitest';
import { crc32Portable } from '../../src/shared/crc32.js';
import { Crc32Combiner, crc32Combine } from '../../src/protocol/crc32-combine.js';

const crc32Of = (parts: readonly Uint8Array[]): number => crc32Portable(Buffer.concat(parts));

test('Crc32Combiner: the CRC32 of any parts, empty ones too, is that of the whole', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 12 }), (parts) => {
      const combiner = new Crc32Combiner();
      for (const part of parts) combiner.add(crc32Portable(part), part.length);
      expect(combiner.crc32).toBe(crc32Of(parts));
      expect(combiner.lengthBytes).toBe(Buffer.concat(parts).length);
    }),
  );
});

test('crc32Combine: two parts, wherever they are cut', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(300), (whole, at) => {
      const [first, second] = [whole.subarray(0, at), whole.subarray(at)];
      expect(crc32Combine(crc32Portable(first), crc32Portable(second), second.length)).toBe(crc32Portable(whole));
    }),
  );
});

test('crc32Combine: parts of more bytes than a 32-bit number counts', () => {
  // Bytes of value 0 after a part, 1 KiB doubled 23 times: 8 GiB.
  let zeros = { crc32: crc32Portable(new Uint8Array(1_024)), bytes: 1_024 };
  for (let i = 0; i < 23; i++) zeros = { crc32: crc32Combine(zeros.crc32, zeros.crc32, zeros.bytes), bytes: 2 * zeros.bytes };
  const first = crc32Portable(Buffer.from('123456789'));
  expect(first).toBe(0xcbf43926);
  const half = zeros.bytes / 2;
  // The same bytes in two orders of combination.
  const halfCrc = crc32Combine(first, crc32OfZeros(half), half);
  expect(crc32Combine(first, zeros.crc32, zeros.bytes)).toBe(crc32Combine(halfCrc, crc32OfZeros(half), half));
});

function crc32OfZeros(bytes: number): number {
  const combiner = new Crc32Combiner();
  const part = crc32Portable(new Uint8Array(1_048_576));
  for (let at = 0; at < bytes; at += 1_048_576) combiner.add(part, 1_048_576);
  return combiner.crc32;
}
