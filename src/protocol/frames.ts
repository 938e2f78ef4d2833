/**
 * Frames of the data plane: raw TCP between clients and datanodes, and between datanodes.
 *
 *   frame  := length u32 BE, version u8, type u8, body     length counts version, type and body
 *   body   := protobuf header (src/protocol/data-headers.ts) | packet | finish
 *   packet := offset u64 BE, crc32 u32 BE, data            data: one block or less; crc32 of data
 *   finish := length u64 BE                                bytes of the whole chunk
 *
 * A conversation is one request at a time on a connection, which may then carry another:
 *   write:  > WRITE_OPEN   < WRITE_READY   > PACKET*  < WRITE_ACK*   > FINISH   < WRITE_COMMITTED
 *           keepalives: WRITE_ACK at any time before WRITE_COMMITTED, an empty PACKET at the current offset before FINISH
 *   read:   > READ_OPEN    < READ_HEADER   < PACKET*                            < FINISH
 *   quarantine: > QUARANTINE_OPEN  < QUARANTINE_ANSWER
 *   checksum:   > CHECKSUM_OPEN    < CHECKSUM_ANSWER
 * Either side may answer ERROR instead; a node that is busy does at once, with RESOURCE_EXHAUSTED and its id (busy.ts). After an ERROR
 * in a read the connection remains usable; after an ERROR in a write it is closed.
 */
import { DfsError } from '../shared/errors.js';
import { BLOCK_BYTES, KIB } from '../shared/limits.js';
import { crc32 } from '../shared/crc32.js';

export const FRAME_VERSION = 1;

/** Type bytes. Never reuse a value. */
export const FrameType = {
  WRITE_OPEN: 1,
  WRITE_READY: 2,
  WRITE_ACK: 3,
  WRITE_COMMITTED: 4,
  READ_OPEN: 5,
  READ_HEADER: 6,
  PACKET: 7,
  FINISH: 8,
  ERROR: 9,
  QUARANTINE_OPEN: 32,
  QUARANTINE_ANSWER: 33,
  CHECKSUM_OPEN: 34,
  CHECKSUM_ANSWER: 35,
} as const;
export type FrameType = (typeof FrameType)[keyof typeof FrameType];

export const FRAME_PREFIX_BYTES = 6;
export const PACKET_HEADER_BYTES = 12;
const FINISH_BYTES = 8;
/** A longer protobuf header is invalid. */
const HEADER_BYTES_MAX = 64 * KIB;

/** The longest body of each type: a frame with a larger length is refused before any of its bytes is buffered. */
const BODY_BYTES_MAX: Readonly<Record<FrameType, number>> = {
  [FrameType.WRITE_OPEN]: HEADER_BYTES_MAX,
  [FrameType.WRITE_READY]: HEADER_BYTES_MAX,
  [FrameType.WRITE_ACK]: HEADER_BYTES_MAX,
  [FrameType.WRITE_COMMITTED]: HEADER_BYTES_MAX,
  [FrameType.READ_OPEN]: HEADER_BYTES_MAX,
  [FrameType.READ_HEADER]: HEADER_BYTES_MAX,
  [FrameType.PACKET]: PACKET_HEADER_BYTES + BLOCK_BYTES,
  [FrameType.FINISH]: FINISH_BYTES,
  [FrameType.ERROR]: HEADER_BYTES_MAX,
  [FrameType.QUARANTINE_OPEN]: HEADER_BYTES_MAX,
  [FrameType.QUARANTINE_ANSWER]: HEADER_BYTES_MAX,
  [FrameType.CHECKSUM_OPEN]: HEADER_BYTES_MAX,
  [FrameType.CHECKSUM_ANSWER]: HEADER_BYTES_MAX,
};

export interface Frame {
  readonly type: FrameType;
  /** A view into the received buffer. */
  readonly body: Uint8Array;
}

export interface Packet {
  /** Offset of the data's first byte in the chunk. */
  readonly offset: number;
  readonly crc32: number;
  readonly data: Uint8Array;
}

const isFrameType = (type: number): type is FrameType => Object.hasOwn(BODY_BYTES_MAX, type);

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

function writePrefix(view: DataView, type: FrameType, bodyBytes: number): void {
  view.setUint32(0, bodyBytes + 2);
  view.setUint8(4, FRAME_VERSION);
  view.setUint8(5, type);
}

/** A frame around a protobuf header. */
export function encodeHeaderFrame(type: FrameType, header: Uint8Array): Uint8Array {
  const frame = new Uint8Array(FRAME_PREFIX_BYTES + header.length);
  writePrefix(viewOf(frame), type, header.length);
  frame.set(header, FRAME_PREFIX_BYTES);
  return frame;
}

/**
 * A PACKET frame without its data, so that a file can be read directly into the frame.
 * Every byte must be set, by filling `data` and by sealPacket: the memory is not cleared.
 */
export function allocatePacket(dataBytes: number): { readonly frame: Uint8Array; readonly data: Uint8Array } {
  // Buffer's pool is avoided because the receiver of the buffer may keep it.
  const frame = Buffer.allocUnsafeSlow(FRAME_PREFIX_BYTES + PACKET_HEADER_BYTES + dataBytes);
  return { frame, data: frame.subarray(FRAME_PREFIX_BYTES + PACKET_HEADER_BYTES) };
}

/** Sets the header of a PACKET frame, which precedes the data. */
export function sealPacket(frame: Uint8Array, offset: number, checksum: number): void {
  const view = viewOf(frame);
  writePrefix(view, FrameType.PACKET, frame.length - FRAME_PREFIX_BYTES);
  view.setBigUint64(FRAME_PREFIX_BYTES, BigInt(offset));
  view.setUint32(FRAME_PREFIX_BYTES + 8, checksum);
}

/**
 * A PACKET frame. The data is copied once, so that frame and data are sent in one write.
 * @param checksum crc32 of `data`. Default: computed
 */
export function encodePacket(offset: number, data: Uint8Array, checksum: number = crc32(data)): Uint8Array {
  const { frame, data: target } = allocatePacket(data.length);
  target.set(data);
  sealPacket(frame, offset, checksum);
  return frame;
}

/** The whole frame as received, prefix included, without a copy. Only for frames of a FrameParser. */
export function receivedBytes(frame: Frame): Uint8Array {
  const { buffer, byteOffset, byteLength } = frame.body;
  return new Uint8Array(buffer, byteOffset - FRAME_PREFIX_BYTES, byteLength + FRAME_PREFIX_BYTES);
}

/** Reads the body of a PACKET frame; does not verify the checksum. @throws DfsError PROTOCOL_ERROR */
export function decodePacket(body: Uint8Array): Packet {
  if (body.length < PACKET_HEADER_BYTES)
    throw new DfsError('PROTOCOL_ERROR', `PACKET frame of ${body.length} bytes is too short`);
  const view = viewOf(body);
  return {
    offset: safeNumber(view.getBigUint64(0), 'packet offset'),
    crc32: view.getUint32(8),
    data: body.subarray(PACKET_HEADER_BYTES),
  };
}

/** A FINISH frame. */
export function encodeFinish(lengthBytes: number): Uint8Array {
  const frame = new Uint8Array(FRAME_PREFIX_BYTES + FINISH_BYTES);
  const view = viewOf(frame);
  writePrefix(view, FrameType.FINISH, FINISH_BYTES);
  view.setBigUint64(FRAME_PREFIX_BYTES, BigInt(lengthBytes));
  return frame;
}

/** Reads the body of a FINISH frame: the chunk's length in bytes. @throws DfsError PROTOCOL_ERROR */
export function decodeFinish(body: Uint8Array): number {
  if (body.length !== FINISH_BYTES)
    throw new DfsError('PROTOCOL_ERROR', `FINISH frame of ${body.length} bytes: ${FINISH_BYTES} expected`);
  return safeNumber(viewOf(body).getBigUint64(0), 'finish length');
}

function safeNumber(value: bigint, name: string): number {
  if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw new DfsError('PROTOCOL_ERROR', `The ${name} ${value} is beyond 2^53`);
  return Number(value);
}

/**
 * Splits a stream of bytes into frames. Push each received piece, then take frames until the parser has no complete frame.
 * The parser holds at most one frame and one piece, and joins pieces only when a frame spans them.
 */
export class FrameParser {
  /** Pieces not yet consumed, oldest first; `#skip` bytes of the first piece are consumed. */
  #pieces: Uint8Array[] = [];
  #skip = 0;
  /** Sum of the pieces' lengths minus `#skip`. */
  #available = 0;

  /** Received bytes that are not part of a taken frame. */
  get pendingBytes(): number {
    return this.#available;
  }

  push(piece: Uint8Array): void {
    if (piece.length === 0) return;
    this.#pieces.push(piece);
    this.#available += piece.length;
  }

  /**
   * The next whole frame, or null when more bytes are needed.
   * @throws DfsError PROTOCOL_ERROR on an invalid length, version or type; the stream is then unusable
   */
  next(): Frame | null {
    if (this.#available < FRAME_PREFIX_BYTES) return null;
    const prefix = viewOf(this.#peek(FRAME_PREFIX_BYTES));
    const length = prefix.getUint32(0);
    const version = prefix.getUint8(4);
    const type = prefix.getUint8(5);
    if (version !== FRAME_VERSION)
      throw new DfsError('PROTOCOL_ERROR', `Frame version ${version}: only ${FRAME_VERSION} is supported`);
    if (!isFrameType(type)) throw new DfsError('PROTOCOL_ERROR', `Unknown frame type ${type}`);
    const bodyMax = BODY_BYTES_MAX[type];
    if (length < 2 || length - 2 > bodyMax) {
      throw new DfsError('PROTOCOL_ERROR', `Frame of type ${type} claims ${length} bytes: at most ${bodyMax + 2} are allowed`);
    }
    if (this.#available < 4 + length) return null;
    return { type, body: this.#take(4 + length).subarray(FRAME_PREFIX_BYTES) };
  }

  /** Returns the next `count` bytes in one buffer without removing them; `count` <= available. */
  #peek(count: number): Uint8Array {
    const first = this.#pieces[0];
    if (first !== undefined && first.length - this.#skip >= count) return first.subarray(this.#skip, this.#skip + count);
    const joined = new Uint8Array(count);
    let filled = 0;
    for (const [i, piece] of this.#pieces.entries()) {
      const from = i === 0 ? this.#skip : 0;
      const part = piece.subarray(from, from + count - filled);
      joined.set(part, filled);
      filled += part.length;
      if (filled === count) break;
    }
    return joined;
  }

  /** Removes the next `count` bytes; `count` <= available. */
  #take(count: number): Uint8Array {
    const taken = this.#peek(count);
    let left = count;
    let used = 0;
    while (left > 0) {
      const rest = (this.#pieces[used]?.length ?? 0) - this.#skip;
      if (left < rest) {
        this.#skip += left;
        break;
      }
      left -= rest;
      this.#skip = 0;
      used++;
    }
    this.#pieces.splice(0, used);
    this.#available -= count;
    return taken;
  }
}
