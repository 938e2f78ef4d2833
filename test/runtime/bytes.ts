/** Bytes and texts that the tests of all runtimes share. */
import type { ByteStream } from '../../src/shared/runtime.js';

/** Bytes in which every shift of position shows. */
export const patternBytes = (count: number): Uint8Array<ArrayBuffer> =>
  Uint8Array.from({ length: count }, (_, i) => (i * 31 + (i >> 8)) & 0xff);

export const bytesOf = (text: string): Uint8Array<ArrayBuffer> => new Uint8Array(Buffer.from(text));
export const textOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('utf8');

/** The next bytes of a stream, in memory of their own; null at its end. */
export async function readPiece(stream: ByteStream): Promise<Uint8Array | null> {
  const target = new Uint8Array(128 * 1024);
  const bytes = await stream.readInto(target, 1);
  return bytes === 0 ? null : target.slice(0, bytes);
}

/** Everything that a stream brings until its end. */
export async function readAll(stream: ByteStream): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  for (let piece = await readPiece(stream); piece !== null; piece = await readPiece(stream)) pieces.push(piece);
  return new Uint8Array(Buffer.concat(pieces));
}

/** The text that a stream's next bytes are, in however many pieces they come; shorter where it ends before. */
export async function readText(stream: ByteStream, bytes: number): Promise<string> {
  const pieces: Uint8Array[] = [];
  for (let left = bytes; left > 0;) {
    const piece = await readPiece(stream);
    if (piece === null) break;
    pieces.push(piece);
    left -= piece.length;
  }
  return Buffer.concat(pieces).toString('utf8');
}
