import { expect, test } from 'vitest';
import { SpareBuffers } from '../../../src/runtime/node/spare-buffers.js';
import { BufferPool } from '../../../src/runtime/rules/buffer-pool.js';
import { BLOCK_BYTES, PACKET_BYTES_MAX } from '../../../src/shared/limits.js';

test('BufferPool: memory is used again only when its last holder has released it', async () => {
  const pool = new BufferPool(new SpareBuffers(), 4 * PACKET_BYTES_MAX);
  const first = await pool.take(PACKET_BYTES_MAX);
  first.retain();
  first.release();
  const second = await pool.take(PACKET_BYTES_MAX);
  expect(second.bytes.buffer).not.toBe(first.bytes.buffer);
  first.release();
  const third = await pool.take(BLOCK_BYTES + 1);
  expect(third.bytes.buffer).toBe(first.bytes.buffer);
  expect(third.bytes).toHaveLength(BLOCK_BYTES + 1);
  expect(() => first.release()).toThrow('once');
  expect(() => first.retain()).toThrow('no new holder');
});

test('BufferPool: takers wait in order while too much is in use; an urgent one does not', async () => {
  const pool = new BufferPool(new SpareBuffers(), 2 * BLOCK_BYTES);
  const held = [await pool.take(10), await pool.take(10)];
  const order: string[] = [];
  const waiting = ['a', 'b'].map((name) => pool.take(10).then((buffer) => (order.push(name), buffer)));
  const urgent = await pool.take(10, true);
  expect([order, pool.usedBytes]).toEqual([[], 3 * BLOCK_BYTES]);
  urgent.release();
  held[0]!.release();
  await waiting[0];
  expect(order).toEqual(['a']);
  held[1]!.release();
  await waiting[1];
  expect([order, pool.usedBytes]).toEqual([['a', 'b'], 2 * BLOCK_BYTES]);
});
