/** A stream that passes bytes through and reports their number. */
import { Transform } from 'node:stream';

/** @param onBytes called with the size of each piece */
export function byteCounter(onBytes: (bytes: number) => void): Transform {
  return new Transform({
    transform(piece: Buffer, _encoding, done) {
      onBytes(piece.length);
      done(null, piece);
    },
  });
}
