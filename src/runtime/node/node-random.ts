/** Randomness from the operating system. */
import type * as crypto from 'node:crypto';
import { createRequire } from 'node:module';
import type { Random } from '../../shared/runtime.js';

/** By `require`: an import reads every export, WebCrypto among them, and costs each process some 13 ms when it starts. */
const { randomFillSync } = createRequire(import.meta.url)('node:crypto') as typeof crypto;

const uint32 = (): number => randomFillSync(new Uint32Array(1))[0] ?? 0;

/** Not seedable: for that there is the memory runtime. */
export const nodeRandom: Random = {
  uint32,
  // 53 random bits, as many as a double holds.
  float: () => ((uint32() >>> 5) * 2 ** 26 + (uint32() >>> 6)) / 2 ** 53,
  bytes: (count) => randomFillSync(new Uint8Array(count)),
};
