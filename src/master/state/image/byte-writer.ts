/**
 * Lays numbers and texts out in a buffer that grows.
 *
 *   number := base 128, least significant digit first, 128 added to all but the last          0 to 2^53 - 1
 *   text   := bytes:number UTF-8
 */
import assert from 'node:assert/strict';

/** Shorter texts are copied here as long as they are ASCII: a call into the buffer costs more. */
const SHORT_CHARS_MAX = 127;
const NUMBER_BYTES_MAX = 8;
/** Up to here, bit operations do. */
const INT32_MAX = 2 ** 31 - 1;

export class ByteWriter {
  #bytes: Buffer;
  #length = 0;

  /** @param capacityBytes to begin with */
  constructor(capacityBytes: number) {
    this.#bytes = Buffer.allocUnsafe(capacityBytes);
  }

  get length(): number {
    return this.#length;
  }

  /** Everything written; belongs to the caller, the writer is not used again. */
  take(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  byte(value: number): void {
    this.#room(1);
    this.#bytes[this.#length] = value;
    this.#length += 1;
  }

  number(value: number): void {
    if (!Number.isSafeInteger(value) || value < 0) assert.fail(`${value} is not a whole number`);
    this.#room(NUMBER_BYTES_MAX);
    let rest = value;
    while (rest > INT32_MAX) {
      this.#bytes[this.#length] = (rest % 128) | 128;
      this.#length += 1;
      rest = Math.floor(rest / 128);
    }
    while (rest >= 128) {
      this.#bytes[this.#length] = (rest & 127) | 128;
      this.#length += 1;
      rest >>>= 7;
    }
    this.#bytes[this.#length] = rest;
    this.#length += 1;
  }

  text(value: string): void {
    this.#room(1 + SHORT_CHARS_MAX);
    if (this.#shortText(value)) return;
    const bytes = Buffer.byteLength(value);
    this.number(bytes);
    this.#room(bytes);
    this.#length += this.#bytes.write(value, this.#length, bytes, 'utf8');
  }

  /** Writes a big-endian u32 over what stands at `offset`. */
  overwriteU32(offset: number, value: number): void {
    this.#bytes.writeUInt32BE(value, offset);
  }

  /** Leaves bytes to be overwritten. @returns their offset */
  skip(bytes: number): number {
    this.#room(bytes);
    const offset = this.#length;
    this.#length += bytes;
    return offset;
  }

  #shortText(value: string): boolean {
    const chars = value.length;
    if (chars > SHORT_CHARS_MAX) return false;
    const start = this.#length + 1;
    for (let i = 0; i < chars; i += 1) {
      const unit = value.charCodeAt(i);
      if (unit >= 128) return false;
      this.#bytes[start + i] = unit;
    }
    this.#bytes[this.#length] = chars;
    this.#length = start + chars;
    return true;
  }

  #room(bytes: number): void {
    if (this.#length + bytes <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(2 * this.#bytes.length, this.#length + bytes));
    this.#bytes.copy(larger, 0, 0, this.#length);
    this.#bytes = larger;
  }
}
