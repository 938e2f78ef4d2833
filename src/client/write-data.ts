/** The data of `writeFile` as pieces of bytes. */
import { Readable } from 'node:stream';
import { wrongType } from './argument-error.js';

const EXPECTED =
  'of type string, an instance of Buffer, TypedArray or DataView, or an iterable, an async iterable or a stream of these';

/**
 * The bytes of a piece of data: a view of the same memory, or an encoded string.
 * @throws ArgumentTypeError for anything else
 */
function bytesOf(piece: unknown, encoding: BufferEncoding): Uint8Array {
  if (typeof piece === 'string') return Buffer.from(piece, encoding);
  if (ArrayBuffer.isView(piece)) return new Uint8Array(piece.buffer, piece.byteOffset, piece.byteLength);
  throw wrongType('data', EXPECTED, piece);
}

function isIterable(data: unknown): data is AsyncIterable<unknown> | Iterable<unknown> {
  return typeof data === 'object' && data !== null && (Symbol.asyncIterator in data || Symbol.iterator in data);
}

async function* piecesOf(data: AsyncIterable<unknown> | Iterable<unknown>, encoding: BufferEncoding): AsyncGenerator<Uint8Array> {
  for await (const piece of data) yield bytesOf(piece, encoding);
}

export class DataSource {
  /** The length of all pieces, when it is known. */
  readonly lengthBytes: number | undefined;
  readonly #data: unknown;
  readonly #pieces: AsyncGenerator<Uint8Array>;
  #isEnded = false;

  /** @throws ArgumentTypeError for data that cannot be written */
  constructor(data: unknown, encoding: BufferEncoding) {
    const whole = typeof data === 'string' || ArrayBuffer.isView(data) ? bytesOf(data, encoding) : null;
    if (whole !== null) this.#pieces = piecesOf([whole], encoding);
    else if (isIterable(data)) this.#pieces = piecesOf(data, encoding);
    else throw wrongType('data', EXPECTED, data);
    this.lengthBytes = whole?.length;
    this.#data = data;
  }

  /** The next piece; null after the last one. @throws ArgumentTypeError for a piece that cannot be written, and errors of the source */
  async next(): Promise<Uint8Array | null> {
    const next = await this.#pieces.next();
    this.#isEnded = next.done === true;
    return next.done === true ? null : next.value;
  }

  /** Ends a source that was not read to its end. Does not wait: a source that delivers nothing cannot be ended otherwise. */
  end(): void {
    if (this.#isEnded) return;
    if (this.#data instanceof Readable) this.#data.destroy();
    this.#pieces.return(undefined).catch(() => undefined);
  }
}
