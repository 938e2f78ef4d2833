/** A digest of a set of objects that is kept up to date object by object, so that asking for it costs nothing. */

/** Two of them stay below 2^53: one addition or subtraction at a time is exact in a JS number, more are not. */
const MODULUS = 2 ** 52;

/**
 * A 52-bit hash of a text: two lanes of FNV-1a (Fowler, Noll, Vo) with different primes. Finds divergence, not malice.
 */
export function hashText(text: string): number {
  let a = 0x811c9dc5;
  let b = 0x9e3779b9;
  for (let i = 0; i < text.length; i += 1) {
    const unit = text.charCodeAt(i);
    a = Math.imul(a ^ unit, 0x01000193);
    b = Math.imul(b ^ unit, 0x85ebca6b);
    b ^= b >>> 15;
  }
  return (a >>> 0) * 2 ** 20 + ((b ^ (a >>> 13)) & 0xfffff);
}

/** An object that is part of the digest. */
export interface Digestible {
  /** Hash of what the digest holds of this object; 0: nothing yet. Written by StateDigest only. */
  digestPart: number;
  /** Everything replicated about it, as text that starts with its kind and id. */
  digestText(): string;
}

/** The sum of its members' hashes: the order in which they came does not matter. */
export class StateDigest {
  #sum = 0;

  /** Must follow every change of a member. */
  put(member: Digestible): void {
    const part = hashText(member.digestText());
    this.remove(member);
    this.#sum = (this.#sum + part) % MODULUS;
    member.digestPart = part;
  }

  remove(member: Digestible): void {
    this.#sum = (this.#sum - member.digestPart + MODULUS) % MODULUS;
    member.digestPart = 0;
  }

  get sum(): number {
    return this.#sum;
  }
}
