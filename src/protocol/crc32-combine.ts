/**
 * Combines CRC32s of parts into that of the whole, without the bytes: zlib's `crc32_combine`. A CRC32 is the remainder of the bytes as a
 * polynomial over GF(2); bytes that follow multiply it by x^(8 × their number), modulo the polynomial of the CRC.
 */

/** The polynomial of the CRC without its highest term, x^0 in the highest bit. */
const POLYNOMIAL = 0xedb8_8320;
/** The polynomial 1. */
const ONE = 0x8000_0000;
const POWERS = 32;

/** x^(2^n) modulo the polynomial, n = 0…31; x^(2^32) is x again. */
const X_TO_POWER_OF_TWO = powersOfX();

function powersOfX(): Uint32Array {
  const powers = new Uint32Array(POWERS);
  let power = ONE >>> 1;
  for (let n = 0; n < POWERS; n++) {
    powers[n] = power;
    power = product(power, power);
  }
  return powers;
}

/** a × b modulo the polynomial. */
function product(a: number, b: number): number {
  let sum = 0;
  let shifted = b;
  for (let bit = ONE; bit !== 0; bit >>>= 1) {
    if ((a & bit) !== 0) sum ^= shifted;
    shifted = (shifted & 1) === 0 ? shifted >>> 1 : (shifted >>> 1) ^ POLYNOMIAL;
  }
  return sum >>> 0;
}

/** x^(8 × bytes) modulo the polynomial. */
function shiftOf(bytes: number): number {
  let shift = ONE;
  // 8 bits of each byte: the powers begin at x^(2^3). The number of bytes may have more than 32 bits.
  for (let rest = bytes, n = 3; rest > 0; rest = Math.floor(rest / 2), n++) {
    if (rest % 2 === 1) shift = product(X_TO_POWER_OF_TWO[n % POWERS] ?? 0, shift);
  }
  return shift;
}

/** Combines CRC32s of parts in order, each as `crc32` returns it. Parts of the same length as the last one are combined quickly. */
export class Crc32Combiner {
  #crc32 = 0;
  #lengthBytes = 0;
  #partBytes = 0;
  #shift = ONE;

  /** Of the parts so far. */
  get crc32(): number {
    return this.#crc32;
  }

  /** Of the parts so far. */
  get lengthBytes(): number {
    return this.#lengthBytes;
  }

  /** @param lengthBytes of the part */
  add(crc32: number, lengthBytes: number): void {
    if (lengthBytes !== this.#partBytes) {
      this.#partBytes = lengthBytes;
      this.#shift = shiftOf(lengthBytes);
    }
    this.#crc32 = (product(this.#shift, this.#crc32) ^ crc32) >>> 0;
    this.#lengthBytes += lengthBytes;
  }
}

/** The CRC32 of two parts, one after the other. @param secondBytes the length of the second part */
export function crc32Combine(first: number, second: number, secondBytes: number): number {
  return (product(shiftOf(secondBytes), first) ^ second) >>> 0;
}
