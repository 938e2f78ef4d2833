/**
 * Compares a content that arrives in pieces with what was written. The expected bytes are regenerated piece by piece, not stored.
 */
import { MIB } from '../../shared/limits.js';
import { ContentStream, FingerprintTaker } from './file-content.js';
import type { Fingerprint } from './file-content.js';

export class ContentCheck {
  readonly #wanted: ContentStream;
  readonly #startByte: number;
  readonly #lengthBytes: number;
  #at = 0;
  #wrongAt: number | undefined;

  /**
   * @param name of the content
   * @param startByte of the range that is read
   * @param lengthBytes of the range
   */
  constructor(name: string, startByte: number, lengthBytes: number) {
    this.#wanted = new ContentStream(name, startByte);
    this.#startByte = startByte;
    this.#lengthBytes = lengthBytes;
  }

  /** Adds the next piece. Pieces must be added in order. */
  add(piece: Uint8Array): void {
    // Bytes beyond the end, or after the first wrong byte, add nothing to the report.
    const counted = Math.max(0, Math.min(piece.length, this.#lengthBytes - this.#at));
    if (this.#wrongAt === undefined && counted > 0) {
      const wanted = this.#wanted.next(counted);
      if (Buffer.compare(wanted, piece.subarray(0, counted)) !== 0) {
        this.#wrongAt = this.#startByte + this.#at + wanted.findIndex((byte, index) => byte !== piece[index]);
      }
    }
    this.#at += piece.length;
  }

  /** Describes the difference between what was read and what was written; undefined when both are equal. */
  fault(): string | undefined {
    if (this.#wrongAt !== undefined) return `wrong bytes from byte ${this.#wrongAt} on`;
    if (this.#at === this.#lengthBytes) return undefined;
    return `${this.#at} bytes from byte ${this.#startByte} on instead of ${this.#lengthBytes}`;
  }
}

/** Length of the pieces that are generated between two turns of the event loop. */
const TURN_BYTES = 4 * MIB;

/**
 * The fingerprint of a content that is not held in memory. Other tasks may run between two pieces.
 * @param breathe called after each piece; a large content takes seconds
 */
export async function fingerprintOfContent(
  name: string,
  lengthBytes: number,
  breathe: () => Promise<void>,
): Promise<Fingerprint> {
  const taker = new FingerprintTaker();
  for (const piece of new ContentStream(name).pieces(lengthBytes, TURN_BYTES)) {
    taker.add(piece);
    await breathe();
  }
  return taker.taken();
}
