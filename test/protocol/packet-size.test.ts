import { expect, test } from 'vitest';
import { PacketSize } from '../../src/protocol/packet-size.js';
import type { Clock } from '../../src/shared/runtime.js';
import { BLOCK_BYTES, PACKET_BYTES_MAX } from '../../src/shared/limits.js';

function sized(packetMs: number): { size: PacketSize; pass: (elapsedMs: number, bytes: number) => number } {
  let nowMs = 0;
  const clock: Pick<Clock, 'nowMs'> = { nowMs: () => nowMs };
  const size = new PacketSize(clock, packetMs);
  return {
    size,
    pass: (elapsedMs, bytes) => {
      nowMs += elapsedMs;
      size.acknowledged(bytes);
      return size.bytes / BLOCK_BYTES;
    },
  };
}

test('PacketSize: begins with a block, and at most doubles up to the largest packet', () => {
  const { size, pass } = sized(100);
  expect(size.bytes).toBe(BLOCK_BYTES);
  expect([1, 2, 3, 4, 5].map(() => pass(0, BLOCK_BYTES))).toEqual([2, 4, 8, 16, 16]);
  expect(size.bytes).toBe(PACKET_BYTES_MAX);
});

test('PacketSize: a packet takes no longer than it should at the speed seen last, and has a block at least', () => {
  const { pass } = sized(100);
  for (let i = 0; i < 5; i++) pass(1, 16 * BLOCK_BYTES);
  expect(pass(1_000, 55 * BLOCK_BYTES)).toBe(5);
  expect(pass(1_000, BLOCK_BYTES)).toBe(1);
  expect(pass(1_000, 0)).toBe(1);
});
