/** Conformance of a Random. */
import { expect, test } from 'vitest';
import type { Subject } from './world.js';

export function randomConformance({ run }: Subject): void {
  test('uint32: whole, from 0 to 2^32, everywhere in between', () =>
    run(async ({ runtime: { random } }) => {
      const drawn = Array.from({ length: 1_000 }, () => random.uint32());
      expect(drawn.every((n) => Number.isInteger(n) && n >= 0 && n < 2 ** 32)).toBe(true);
      expect(new Set(drawn).size).toBeGreaterThan(990);
      expect(new Set(drawn.map((n) => Math.floor(n / 2 ** 28))).size).toBe(16);
    }));

  test('float: 0 <= x < 1, everywhere in between', () =>
    run(async ({ runtime: { random } }) => {
      const drawn = Array.from({ length: 1_000 }, () => random.float());
      expect(drawn.every((x) => x >= 0 && x < 1)).toBe(true);
      expect(new Set(drawn.map((x) => Math.floor(x * 16))).size).toBe(16);
    }));

  test('bytes: as many as asked for, of all values, in memory of their own', () =>
    run(async ({ runtime: { random } }) => {
      expect(random.bytes(0)).toHaveLength(0);
      const [first, second] = [random.bytes(10_000), random.bytes(10_000)];
      expect([first.length, second.length]).toEqual([10_000, 10_000]);
      expect(first).not.toEqual(second);
      expect(new Set(first).size).toBe(256);
      const copy = first.slice();
      random.bytes(10_000).fill(0);
      expect(first).toEqual(copy);
    }));

  test('another process draws other numbers', () =>
    run(async ({ runtime, another }) => {
      expect(another().random.bytes(16)).not.toEqual(runtime.random.bytes(16));
    }));
}
