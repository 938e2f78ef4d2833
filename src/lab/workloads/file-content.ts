/** The content of the files of workloads: bytes derived from a name, from any position on, and their fingerprint. */
import { createCipheriv, createHash } from 'node:crypto';
import type { Cipher } from 'node:crypto';

const CIPHER_BLOCK_BYTES = 16;
/** The plaintext: encrypted zeros are the bare key stream. */
const ZEROS = Buffer.alloc(64 * 1_024);

/** The name of a content. Equal names give equal bytes. */
export const contentName = (seed: number, path: string): string => `${seed} ${path}`;

/** A counter of AES-CTR is a big-endian number as wide as a block. */
function counterAt(block: number): Buffer {
  const counter = Buffer.alloc(CIPHER_BLOCK_BYTES);
  counter.writeBigUInt64BE(BigInt(block), CIPHER_BLOCK_BYTES / 2);
  return counter;
}

/**
 * The bytes of a content, in order. A pattern could hide a mistake of the file system, so that the bytes have none: they are the
 * AES-128-CTR key stream of a key derived from the name.
 */
export class ContentStream {
  readonly #cipher: Cipher;

  /** @param startByte of the first byte, >= 0 */
  constructor(name: string, startByte = 0) {
    const key = createHash('sha256').update(name).digest().subarray(0, CIPHER_BLOCK_BYTES);
    this.#cipher = createCipheriv('aes-128-ctr', key, counterAt(Math.floor(startByte / CIPHER_BLOCK_BYTES)));
    this.#cipher.update(ZEROS.subarray(0, startByte % CIPHER_BLOCK_BYTES));
  }

  /** The next bytes, in a new buffer. @param lengthBytes >= 0 */
  next(lengthBytes: number): Uint8Array {
    if (lengthBytes <= ZEROS.length) return this.#cipher.update(ZEROS.subarray(0, lengthBytes));
    return this.#cipher.update(Buffer.alloc(lengthBytes));
  }

  /** The next bytes in pieces of at most `pieceBytes`. */
  *pieces(lengthBytes: number, pieceBytes: number): Generator<Uint8Array, void, undefined> {
    for (let left = lengthBytes; left > 0; left -= pieceBytes) yield this.next(Math.min(left, pieceBytes));
  }
}

/** A whole content. @param lengthBytes >= 0 */
export function fileContent(seed: number, path: string, lengthBytes: number): Uint8Array {
  return new ContentStream(contentName(seed, path)).next(lengthBytes);
}

/** Length and digest of a content that was read or written. */
export interface Fingerprint {
  /** Hex. */
  readonly sha256: string;
  readonly lengthBytes: number;
}

/** Computes the fingerprint of a content that arrives in pieces. */
export class FingerprintTaker {
  readonly #hash = createHash('sha256');
  #lengthBytes = 0;

  add(piece: Uint8Array): void {
    this.#hash.update(piece);
    this.#lengthBytes += piece.length;
  }

  /** Finishes the computation. Call it once, at the end. */
  taken(): Fingerprint {
    return { sha256: this.#hash.digest('hex'), lengthBytes: this.#lengthBytes };
  }
}

/** SHA-256, hex. */
export function fingerprint(content: Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

export const fingerprintOf = (content: Uint8Array): Fingerprint => ({
  sha256: fingerprint(content),
  lengthBytes: content.length,
});
