/** Randomness from the operating system. */
import { randomFillSync } from 'node:crypto';
import type { Random } from '../../shared/runtime.js';

const uint32 = (): number => randomFillSync(new Uint32Array(1))[0] ?? 0;

/** Not seedable: for that there is the memory runtime. */
export const nodeRandom: Random = {
  uint32,
  // 53 random bits, as many as a double holds.
  float: () => ((uint32() >>> 5) * 2 ** 26 + (uint32() >>> 6)) / 2 ** 53,
  bytes: (count) => randomFillSync(new Uint8Array(count)),
};
