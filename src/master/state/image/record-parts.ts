/** Cuts a stream of bytes, which comes in pieces of any size, into its records. */
import { ByteReader, damagedState } from './byte-reader.js';
import { RECORD_BODY_BYTES_MAX, RECORD_HEADER_BYTES } from './state-records.js';

export interface StateRecord {
  readonly kind: number;
  readonly body: ByteReader;
}

export class RecordParts {
  /** From #at on not read yet. */
  #bytes: Buffer = Buffer.alloc(0);
  #at = 0;
  /** Comes after #bytes, which hold the beginning of one record. */
  #later: Uint8Array[] = [];
  #laterBytes = 0;

  /** Bytes that belong to no record yet. */
  get restBytes(): number {
    return this.#bytes.length - this.#at + this.#laterBytes;
  }

  /** @param bytes must not change any more */
  add(bytes: Uint8Array): void {
    this.#later.push(bytes);
    this.#laterBytes += bytes.length;
  }

  /**
   * The next record, or null when it is not all there. To be read before the next call.
   * @throws DfsError LOG_DAMAGED when it is too long
   */
  next(): StateRecord | null {
    if (!this.#has(RECORD_HEADER_BYTES)) return null;
    const length = this.#bytes.readUInt32BE(this.#at + 1);
    if (length > RECORD_BODY_BYTES_MAX) throw damagedState(`a record cannot have ${length} bytes`);
    if (!this.#has(RECORD_HEADER_BYTES + length)) return null;
    const kind = this.#bytes[this.#at] ?? 0;
    const start = this.#at + RECORD_HEADER_BYTES;
    this.#at = start + length;
    return { kind, body: new ByteReader(this.#bytes, start, this.#at) };
  }

  /** Makes that many bytes stand together, as soon as they are there: pieces are joined once for a record, not with each. */
  #has(bytes: number): boolean {
    const restBytes = this.#bytes.length - this.#at;
    if (restBytes >= bytes) return true;
    if (restBytes + this.#laterBytes < bytes) return false;
    const [first] = this.#later;
    const joined =
      restBytes === 0 && this.#later.length === 1 && first !== undefined
        ? Buffer.from(first.buffer, first.byteOffset, first.length)
        : Buffer.concat([this.#bytes.subarray(this.#at), ...this.#later]);
    this.#bytes = joined;
    this.#at = 0;
    this.#later = [];
    this.#laterBytes = 0;
    return true;
  }
}
