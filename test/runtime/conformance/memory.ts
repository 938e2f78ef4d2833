/** Conformance of a Memory. */
import { expect, test } from 'vitest';
import type { Subject } from './world.js';

export function memoryConformance({ run }: Subject): void {
  test('heap: what is in use is not negative, and below the limit', () =>
    run(async ({ runtime: { memory } }) => {
      const { usedBytes, limitBytes } = memory.heap();
      expect(usedBytes).toBeGreaterThanOrEqual(0);
      expect(limitBytes).toBeGreaterThan(usedBytes);
    }));
}
