/** Random numbers determined by a seed and a name: the only source of randomness in a simulation. */
import { createHash } from 'node:crypto';
import type { Random } from '../../shared/runtime.js';

const rotateLeft = (word: number, bits: number): number => (word << bits) | (word >>> (32 - bits));

/**
 * One step of the xoshiro128** generator.
 * Source: D. Blackman and S. Vigna, "Scrambled Linear Pseudorandom Number Generators" (ACM TOMS, 2021); public-domain algorithm.
 * @param state four words, not all zero; advanced in place
 * @returns 0 <= n < 2^32
 */
export function xoshiro128(state: Int32Array): number {
  const [a = 0, b = 0, c = 0, d = 0] = state;
  const mixedC = c ^ a;
  const mixedD = d ^ b;
  state[0] = a ^ mixedD;
  state[1] = b ^ mixedC;
  state[2] = mixedC ^ (b << 9);
  state[3] = rotateLeft(mixedD, 11);
  return Math.imul(rotateLeft(Math.imul(b, 5), 7), 9) >>> 0;
}

/**
 * A stream of random numbers. Its state is the start of SHA-256(seed, name), so that streams of different names are independent
 * of each other and of the order in which they are made.
 */
export class SeededRandom implements Random {
  readonly #state: Int32Array;

  /**
   * @param seed the seed of the whole simulation
   * @param name the name of this stream: equal seeds and names give equal numbers
   */
  constructor(seed: string, name: string) {
    const digest = createHash('sha256')
      .update(JSON.stringify([seed, name]))
      .digest();
    this.#state = Int32Array.from([0, 4, 8, 12], (offset) => digest.readInt32LE(offset));
  }

  uint32(): number {
    return xoshiro128(this.#state);
  }

  float(): number {
    return this.uint32() / 2 ** 32;
  }

  bytes(count: number): Uint8Array {
    const bytes = new Uint8Array(count);
    for (let i = 0; i < count; i++) bytes[i] = this.uint32() >>> 24;
    return bytes;
  }

  /** An integer from `min` to `max`, both inclusive. */
  integer(min: number, max: number): number {
    return min + Math.floor(this.float() * (max - min + 1));
  }

  /** True with this probability, 0..1. */
  chance(probability: number): boolean {
    return this.float() < probability;
  }
}
