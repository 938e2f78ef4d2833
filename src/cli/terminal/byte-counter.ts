/** A stream that passes bytes through and reports each piece. */
import { Transform } from 'node:stream';

/** @param onPiece called with each piece */
export function byteCounter(onPiece: (piece: Uint8Array) => void): Transform {
  return new Transform({
    transform(piece: Buffer, _encoding, done) {
      onPiece(piece);
      done(null, piece);
    },
  });
}
