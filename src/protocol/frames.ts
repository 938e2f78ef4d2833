/**
 * Frames of the data plane: raw TCP between clients and datanodes, and between datanodes.
 *
 *   frame  := length u32 BE, version u8, type u8, body     length counts version, type and body
 *   body   := protobuf header (src/protocol/data-headers.ts) | packet | finish
 *   packet := offset u64 BE, data bytes u32 BE, flags u32 BE = 0, crc32 u32 BE × blocks, data
 *             offset: of the data's first byte in the chunk. blocks: parts of the data, cut where the offset is a multiple of
 *             BLOCK_BYTES; a crc32 for each. The data comes last, so that it is received straight to where it is needed
 *   finish := length u64 BE                                bytes of the whole chunk
 *
 * A conversation is one request at a time on a connection, which may then carry another:
 *   write:  > WRITE_OPEN   < WRITE_READY   > PACKET*  < WRITE_ACK*   > FINISH   < WRITE_COMMITTED
 *           keepalives: WRITE_ACK at any time before WRITE_COMMITTED, an empty PACKET at the current offset before FINISH
 *   read:   > READ_OPEN    < READ_HEADER   < PACKET*                            < FINISH
 *   quarantine: > QUARANTINE_OPEN  < QUARANTINE_ANSWER
 *   checksum:   > CHECKSUM_OPEN    < CHECKSUM_ANSWER
 * Either side may answer ERROR instead; a node that is busy does at once, with RESOURCE_EXHAUSTED and its id (busy.ts). After an ERROR
 * in a read the connection remains usable; after an ERROR in a write it is closed. Version 1 had packets of one block, with one crc32.
 */
import { DfsError } from '../shared/errors.js';
import { BLOCK_BYTES, KIB, PACKET_BYTES_MAX } from '../shared/limits.js';

export const FRAME_VERSION = 2;

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
/** Of a PACKET frame, up to the checksums. */
export const PACKET_FIXED_BYTES = 16;
const CHECKSUM_BYTES = 4;
const FINISH_BYTES = 8;
/** A longer protobuf header is invalid. */
const HEADER_BYTES_MAX = 64 * KIB;
/** A packet that begins within a block touches one block more. */
const PACKET_HEADER_BYTES_MAX = PACKET_FIXED_BYTES + (PACKET_BYTES_MAX / BLOCK_BYTES + 1) * CHECKSUM_BYTES;

/** The longest body of each type: a frame with a larger length is refused before any of its bytes is buffered. */
const BODY_BYTES_MAX: Readonly<Record<FrameType, number>> = {
  [FrameType.WRITE_OPEN]: HEADER_BYTES_MAX,
  [FrameType.WRITE_READY]: HEADER_BYTES_MAX,
  [FrameType.WRITE_ACK]: HEADER_BYTES_MAX,
  [FrameType.WRITE_COMMITTED]: HEADER_BYTES_MAX,
  [FrameType.READ_OPEN]: HEADER_BYTES_MAX,
  [FrameType.READ_HEADER]: HEADER_BYTES_MAX,
  [FrameType.PACKET]: PACKET_HEADER_BYTES_MAX + PACKET_BYTES_MAX,
  [FrameType.FINISH]: FINISH_BYTES,
  [FrameType.ERROR]: HEADER_BYTES_MAX,
  [FrameType.QUARANTINE_OPEN]: HEADER_BYTES_MAX,
  [FrameType.QUARANTINE_ANSWER]: HEADER_BYTES_MAX,
  [FrameType.CHECKSUM_OPEN]: HEADER_BYTES_MAX,
  [FrameType.CHECKSUM_ANSWER]: HEADER_BYTES_MAX,
};

/** What precedes the data of a packet. */
export interface PacketHeader {
  /** Offset of the data's first byte in the chunk. */
  readonly offset: number;
  /** 0..PACKET_BYTES_MAX */
  readonly dataBytes: number;
  /** crc32 of each block of the data. */
  readonly checksums: Uint32Array;
}

/** The beginning of a frame. */
export interface FramePrefix {
  readonly version: number;
  /** Null: not a type of FRAME_VERSION, or with another version. */
  readonly type: FrameType | null;
  readonly bodyBytes: number;
}

const isFrameType = (type: number): type is FrameType => Object.hasOwn(BODY_BYTES_MAX, type);

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

function writePrefix(view: DataView, type: FrameType, bodyBytes: number): void {
  view.setUint32(0, bodyBytes + 2);
  view.setUint8(4, FRAME_VERSION);
  view.setUint8(5, type);
}

/** Number of blocks that bytes at an offset touch. */
export function touchedBlocks(offset: number, dataBytes: number): number {
  return dataBytes === 0 ? 0 : Math.ceil((offset + dataBytes) / BLOCK_BYTES) - Math.floor(offset / BLOCK_BYTES);
}

/** A frame around a protobuf header. */
export function encodeHeaderFrame(type: FrameType, header: Uint8Array): Uint8Array {
  const frame = new Uint8Array(FRAME_PREFIX_BYTES + header.length);
  writePrefix(viewOf(frame), type, header.length);
  frame.set(header, FRAME_PREFIX_BYTES);
  return frame;
}

/** The same frame for a peer of another version: the prefix and ERROR frames are the same in all. */
export function withVersion(frame: Uint8Array, version: number): Uint8Array {
  const other = frame.slice();
  viewOf(other).setUint8(4, version);
  return other;
}

/** A PACKET frame up to its data, which must follow. */
export function encodePacketHeader({ offset, dataBytes, checksums }: PacketHeader): Uint8Array {
  const bodyBytes = PACKET_FIXED_BYTES + checksums.length * CHECKSUM_BYTES;
  const bytes = new Uint8Array(FRAME_PREFIX_BYTES + bodyBytes);
  const view = viewOf(bytes);
  writePrefix(view, FrameType.PACKET, bodyBytes + dataBytes);
  view.setBigUint64(FRAME_PREFIX_BYTES, BigInt(offset));
  view.setUint32(FRAME_PREFIX_BYTES + 8, dataBytes);
  for (const [i, checksum] of checksums.entries()) {
    view.setUint32(FRAME_PREFIX_BYTES + PACKET_FIXED_BYTES + i * CHECKSUM_BYTES, checksum);
  }
  return bytes;
}

/**
 * How many bytes of a PACKET frame's body precede its data.
 * @param fixed the first PACKET_FIXED_BYTES of the body
 * @throws DfsError PROTOCOL_ERROR when they do not fit the length of the frame
 */
export function packetHeaderBytes(fixed: Uint8Array, bodyBytes: number): number {
  const view = viewOf(fixed);
  const offset = safeNumber(view.getBigUint64(0), 'packet offset');
  const dataBytes = view.getUint32(8);
  const headerBytes = PACKET_FIXED_BYTES + touchedBlocks(offset, dataBytes) * CHECKSUM_BYTES;
  if (view.getUint32(12) !== 0) throw new DfsError('PROTOCOL_ERROR', `Packet with unknown flags ${view.getUint32(12)}`);
  if (dataBytes > PACKET_BYTES_MAX || headerBytes + dataBytes !== bodyBytes) {
    throw new DfsError('PROTOCOL_ERROR', `PACKET frame of ${bodyBytes} bytes for ${dataBytes} bytes of data at offset ${offset}`);
  }
  return headerBytes;
}

/** Reads what precedes the data. @param header as many bytes of the body as packetHeaderBytes says */
export function decodePacketHeader(header: Uint8Array): PacketHeader {
  const view = viewOf(header);
  const checksums = new Uint32Array((header.length - PACKET_FIXED_BYTES) / CHECKSUM_BYTES);
  for (let i = 0; i < checksums.length; i++) checksums[i] = view.getUint32(PACKET_FIXED_BYTES + i * CHECKSUM_BYTES);
  return { offset: Number(view.getBigUint64(0)), dataBytes: view.getUint32(8), checksums };
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
 * Reads the beginning of a frame.
 * @param bytes FRAME_PREFIX_BYTES
 * @throws DfsError PROTOCOL_ERROR on an invalid type or length of a frame of this version; the stream is then unusable
 */
export function decodePrefix(bytes: Uint8Array): FramePrefix {
  const view = viewOf(bytes);
  const length = view.getUint32(0);
  const version = view.getUint8(4);
  const type = view.getUint8(5);
  if (version !== FRAME_VERSION) return { version, type: null, bodyBytes: 0 };
  if (!isFrameType(type)) throw new DfsError('PROTOCOL_ERROR', `Unknown frame type ${type}`);
  const bodyMax = BODY_BYTES_MAX[type];
  const bodyMin = type === FrameType.PACKET ? PACKET_FIXED_BYTES : 0;
  if (length - 2 < bodyMin || length - 2 > bodyMax) {
    throw new DfsError('PROTOCOL_ERROR', `Frame of type ${type} claims ${length} bytes: at most ${bodyMax + 2} are allowed`);
  }
  return { version, type, bodyBytes: length - 2 };
}
