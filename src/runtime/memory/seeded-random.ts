/** Random numbers that a seed and a name decide alone: the only source of chance in a simulation. */
import { createHash } from 'node:crypto';
import type { Random } from '../../shared/runtime.js';

const rotateLeft = (word: number, bits: number): number => (word << bits) | (word >>> (32 - bits));

/**
 * The xoshiro128** generator.
 * Source: D. Blackman and S. Vigna, "Scrambled Linear Pseudorandom Number Generators" (ACM TOMS, 2021); public-domain algorithm.
 * Its 128-bit state is the start of SHA-256(seed, name), so that streams of different names are independent of each other and of
 * the order in which they are made.
 */
export class SeededRandom implements Random {
  readonly #state: Int32Array;

  /**
   * @param seed of the whole simulation
   * @param name of this stream: equal seeds and names give equal numbers
   */
  constructor(seed: string, name: string) {
    const digest = createHash('sha256').update(JSON.stringify([seed, name])).digest();
    this.#state = Int32Array.from([0, 4, 8, 12], (offset) => digest.readInt32LE(offset));
  }

  uint32(): number {
    const [a = 0, b = 0, c = 0, d = 0] = this.#state;
    const result = Math.imul(rotateLeft(Math.imul(b, 5), 7), 9) >>> 0;
    const mixed = c ^ a;
    const last = d ^ b;
    this.#state[0] = a ^ last;
    this.#state[1] = b ^ mixed;
    this.#state[2] = mixed ^ (b << 9);
    this.#state[3] = rotateLeft(last, 11);
    return result;
  }

  float(): number {
    return this.uint32() / 2 ** 32;
  }

  bytes(count: number): Uint8Array {
    const bytes = new Uint8Array(count);
    for (let i = 0; i < count; i++) bytes[i] = this.uint32() >>> 24;
    return bytes;
  }

  /** An integer from `min` to `max`, both possible. */
  integer(min: number, max: number): number {
    return min + Math.floor(this.float() * (max - min + 1));
  }

  /** True with this probability, 0..1. */
  chance(probability: number): boolean {
    return this.float() < probability;
  }
}
