/** Random numbers from the operating system. */
import type * as crypto from 'node:crypto';
import { createRequire } from 'node:module';
import type { Random } from '../../shared/runtime.js';

/** Loaded by `require`: an import reads every export, including WebCrypto, and adds about 13 ms to the start of each process. */
const { randomFillSync } = createRequire(import.meta.url)('node:crypto') as typeof crypto;

const uint32 = (): number => randomFillSync(new Uint32Array(1))[0] ?? 0;

/** Cannot be seeded; the memory runtime can. */
export const nodeRandom: Random = {
  uint32,
  // 53 random bits, as many as a double holds.
  float: () => ((uint32() >>> 5) * 2 ** 26 + (uint32() >>> 6)) / 2 ** 53,
  bytes: (count) => randomFillSync(new Uint8Array(count)),
};
