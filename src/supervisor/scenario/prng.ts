/** Seeded random numbers for fault schedules and file contents: the same seed and label give the same numbers everywhere. */

export interface Prng {
  /** 0 <= n < 2^32 */
  uint32(): number;
  /** A whole number, min <= n <= max. */
  integer(min: number, max: number): number;
  /** One of the items. @throws RangeError when there are none */
  pick<T>(items: readonly T[]): T;
  /** `count` of the items (all of them when there are fewer), in the order they had. */
  sample<T>(items: readonly T[], count: number): T[];
  bytes(count: number): Uint8Array;
}

/** Spreads a 32-bit state: SplitMix32, after Steele, Lea and Flood, "Fast splittable pseudorandom number generators" (2014). */
function splitMix32(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x9e3779b9) >>> 0;
    let z = state;
    z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    return (z ^ (z >>> 15)) >>> 0;
  };
}

/** FNV-1a of 32 bits (Fowler, Noll, Vo), so that streams with different labels differ. */
function hashLabel(label: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < label.length; i += 1) hash = Math.imul(hash ^ label.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}

/**
 * xoshiro128** of Blackman and Vigna ("Scrambled linear pseudorandom number generators", 2018).
 * @param seed 0 <= seed < 2^32
 * @param label names the stream: one for each purpose, so that adding a step does not change what the nemesis does
 */
export function createPrng(seed: number, label: string): Prng {
  const seeder = splitMix32((seed ^ hashLabel(label)) >>> 0);
  let a = seeder();
  let b = seeder();
  let c = seeder();
  let d = seeder() | 1; // not all four may be zero

  const uint32 = (): number => {
    const scrambled = Math.imul(b, 5);
    const result = Math.imul((scrambled << 7) | (scrambled >>> 25), 9) >>> 0;
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = (d << 11) | (d >>> 21);
    return result;
  };
  // The bias of a range far below 2^53 is not visible here.
  const integer = (min: number, max: number): number =>
    min + Math.floor(((uint32() * 2 ** 21 + (uint32() >>> 11)) / 2 ** 53) * (max - min + 1));

  return {
    uint32,
    integer,
    pick: (items) => {
      const item = items[integer(0, items.length - 1)];
      if (item === undefined) throw new RangeError('Cannot pick from nothing');
      return item;
    },
    sample: (items, count) => {
      // Selection sampling: each item is taken with (still wanted) / (still to come); Knuth, TAOCP 2, 3.4.2, algorithm S.
      let wanted = Math.min(count, items.length);
      return items.filter((_, index) => {
        const taken = integer(0, items.length - index - 1) < wanted;
        if (taken) wanted -= 1;
        return taken;
      });
    },
    bytes: (count) => {
      const words = new Uint32Array(Math.ceil(count / 4));
      for (let i = 0; i < words.length; i += 1) words[i] = uint32();
      return new Uint8Array(words.buffer, 0, count);
    },
  };
}
