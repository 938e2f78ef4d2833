/** Reads what ByteWriter wrote, from bytes that may be anything. */
import { DfsError } from '../../../shared/errors.js';

/** Of a number below 2^53. */
const NUMBER_BYTES_MAX = 8;

/** The error of bytes that are no state. */
export function damagedState(reason: string): DfsError {
  return new DfsError('LOG_DAMAGED', `These bytes are no checkpoint of a state: ${reason}`);
}

export class ByteReader {
  readonly #bytes: Buffer;
  #at: number;
  readonly #end: number;

  /** Reads `bytes` from `start` up to `end`. */
  constructor(bytes: Buffer, start: number, end: number) {
    this.#bytes = bytes;
    this.#at = start;
    this.#end = end;
  }

  get isAtEnd(): boolean {
    return this.#at === this.#end;
  }

  /** @throws DfsError LOG_DAMAGED */
  number(): number {
    let value = 0;
    let place = 1;
    for (let digits = 0; digits < NUMBER_BYTES_MAX; digits += 1) {
      if (this.#at >= this.#end) throw damagedState('a number is cut');
      const digit = this.#bytes[this.#at] ?? 0;
      this.#at += 1;
      value += (digit & 127) * place;
      if (digit < 128) {
        if (value > Number.MAX_SAFE_INTEGER) break;
        return value;
      }
      place *= 128;
    }
    throw damagedState('a number is beyond 2^53');
  }

  /** @throws DfsError LOG_DAMAGED */
  text(): string {
    const bytes = this.number();
    if (bytes > this.#end - this.#at) throw damagedState('a text is cut');
    const start = this.#at;
    this.#at += bytes;
    return this.#bytes.toString('utf8', start, this.#at);
  }

  /** @throws DfsError LOG_DAMAGED when it is neither 0 nor 1 */
  flag(): boolean {
    const value = this.number();
    if (value > 1) throw damagedState(`${value} is neither yes nor no`);
    return value === 1;
  }

  /** @throws DfsError LOG_DAMAGED when something is left */
  assertEnd(): void {
    if (!this.isAtEnd) throw damagedState(`a record is ${this.#end - this.#at} bytes too long`);
  }
}
