/**
 * Accepts connections of a gRPC port that begin with an HTTP/2 preface, and refuses all others before they reach grpc-js.
 * If grpc-js listened itself, invalid data from a peer would not be logged.
 */
import type { Socket } from 'node:net';
import { peerOf } from '../net/bind-server.js';
import type { PeerWarnings } from '../../../shared/peer-warnings.js';

/** RFC 9113, 3.4: the connection preface, followed by a SETTINGS frame (which may be empty). */
const PREFACE = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 'latin1');
const FRAME_HEADER_BYTES = 9;
const OPENING_BYTES = PREFACE.length + FRAME_HEADER_BYTES;
const SETTINGS_TYPE = 4;
/** RFC 9113, 4.2: the maximum length of a frame unless SETTINGS allow more. */
const FRAME_BYTES_MAX = 16_384;

/** A connection without a complete preface after this time is closed. */
const OPENING_TIMEOUT_MS = 5_000;

/**
 * Returns whether bytes can be the beginning of an HTTP/2 connection.
 * @param opening the first bytes of a connection, any number
 */
export function isHttp2Opening(opening: Buffer): boolean {
  const prefaceBytes = Math.min(opening.length, PREFACE.length);
  if (opening.compare(PREFACE, 0, prefaceBytes, 0, prefaceBytes) !== 0) return false;
  if (opening.length < OPENING_BYTES) return true;
  const frame = opening.subarray(PREFACE.length, OPENING_BYTES);
  const [length, type, flags, stream] = [frame.readUIntBE(0, 3), frame.readUInt8(3), frame.readUInt8(4), frame.readUInt32BE(5)];
  return length <= FRAME_BYTES_MAX && length % 6 === 0 && type === SETTINGS_TYPE && flags === 0 && stream === 0;
}

/**
 * Waits for the preface on a socket, at most a few seconds, and passes the socket on with all its bytes unread. A connection with
 * other data is closed with a warning; a connection without data is closed without a warning.
 */
export function admitHttp2(socket: Socket, warnings: PeerWarnings, admit: (socket: Socket) => void): void {
  const peer = peerOf(socket);
  const host = socket.remoteAddress ?? 'unknown';
  let opening = Buffer.alloc(0);
  const timer = setTimeout(() => {
    refuse(`no HTTP/2 preface within ${OPENING_TIMEOUT_MS} ms`);
  }, OPENING_TIMEOUT_MS);
  const stopWaiting = (): void => {
    clearTimeout(timer);
    socket.off('readable', onReadable);
    socket.off('end', onEnd);
    socket.off('close', onEnd);
  };
  const refuse = (reason: string): void => {
    stopWaiting();
    if (opening.length > 0) warnings.warn(host, peer, `${reason} (it began with ${quote(opening)})`);
    socket.destroy();
  };
  const onEnd = (): void => refuse('the connection ended inside its HTTP/2 preface');
  const onReadable = (): void => {
    const piece: unknown = socket.read();
    if (!Buffer.isBuffer(piece)) return;
    opening = Buffer.concat([opening, piece]);
    if (!isHttp2Opening(opening)) {
      refuse('not an HTTP/2 connection');
    } else if (opening.length >= OPENING_BYTES) {
      stopWaiting();
      socket.unshift(opening);
      admit(socket);
    }
  };
  socket.on('readable', onReadable);
  socket.on('end', onEnd);
  socket.on('close', onEnd);
  // A broken connection needs no handling here: 'close' follows.
  socket.on('error', () => undefined);
}

const QUOTED_BYTES_MAX = 16;

const quote = (bytes: Buffer): string => JSON.stringify(bytes.toString('latin1', 0, QUOTED_BYTES_MAX));
