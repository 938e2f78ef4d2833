/**
 * The bytes of a checkpoint file. All integers big-endian.
 *
 *   file    := header slice* trailer
 *   header  := "DFCP" format:u8 = 1, zero:u8 × 3, length:u32 body crc:u32       body: a protobuf RaftSnapshot; crc of all before it
 *   slice   := length:u32 bytes crc:u32                                         length >= 1; crc of length and bytes
 *   trailer := zero:u32 slices:u64 bytes:u64 digest:13 ASCII crc:u32            digest of the state; crc of the whole file before it
 *
 * The slices together are the records of a state (src/master/state/image/state-records.ts).
 */
import { messageCodec } from '../../protocol/messages.js';
import type { RaftSnapshot, RaftSnapshot__Output } from '../../protocol/generated/distrifs/v1/RaftSnapshot.js';
import type { Snapshot } from '../../raft/types.js';
import { crc32 } from '../../shared/crc32.js';
import { DfsError } from '../../shared/errors.js';

const MAGIC = 0x44464350;
const FORMAT = 1;
const CRC_BYTES = 4;
const LENGTH_BYTES = 4;
const DIGEST_CHARS = 13;
/** Of a header up to its body. */
export const HEADER_START_BYTES = 12;
/** Of a trailer after its zero. */
export const TRAILER_REST_BYTES = 16 + DIGEST_CHARS + CRC_BYTES;
/** Of a header's body: far more than a set of masters needs. */
const HEADER_BODY_BYTES_MAX = 1024 * 1024;
/** A slice that is longer is damage: a writer's are near SLICE_BYTES, and hold one record more at most. */
const SLICE_BYTES_MAX = 16 * 1024 * 1024;

const snapshotCodec = messageCodec<RaftSnapshot, RaftSnapshot__Output>('RaftSnapshot');

/** The error of a file that is not a whole checkpoint. */
export function damagedCheckpoint(path: string, offset: number, reason: string): DfsError {
  return new DfsError('LOG_DAMAGED', `${path} is damaged at offset ${offset}: ${reason}`);
}

export function encodeHeader(snapshot: Snapshot): Uint8Array {
  const { id, index, term, members } = snapshot;
  const body = snapshotCodec.encode({ id, last: { index, term }, members: { members: [...members] } });
  const bytes = new Uint8Array(HEADER_START_BYTES + body.length + CRC_BYTES);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, MAGIC);
  view.setUint8(4, FORMAT);
  view.setUint32(8, body.length);
  bytes.set(body, HEADER_START_BYTES);
  return withCrc(bytes, 0);
}

/**
 * Reads the start of a header.
 * @param bytes HEADER_START_BYTES of them
 * @returns how many bytes follow: body and CRC
 * @throws DfsError LOG_DAMAGED
 */
export function headerRestBytes(path: string, bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, HEADER_START_BYTES);
  if (view.getUint32(0) !== MAGIC) throw damagedCheckpoint(path, 0, 'it does not start with "DFCP"');
  const length = view.getUint32(8);
  if (length > HEADER_BODY_BYTES_MAX) throw damagedCheckpoint(path, 8, `a header cannot have ${length} bytes`);
  return length + CRC_BYTES;
}

/**
 * @param start HEADER_START_BYTES
 * @param rest as many as `headerRestBytes` said
 * @throws DfsError LOG_DAMAGED
 */
export function decodeHeader(path: string, start: Uint8Array, rest: Uint8Array): Snapshot {
  assertCrc(path, 0, rest, crc32(start));
  if (start[4] !== FORMAT) {
    const message = `its format is ${start[4] ?? 0}, only ${FORMAT} is known: it may be from a newer release`;
    throw damagedCheckpoint(path, 4, message);
  }
  let header: RaftSnapshot__Output;
  try {
    header = snapshotCodec.decode(rest.subarray(0, rest.length - CRC_BYTES));
  } catch (error) {
    throw new DfsError('LOG_DAMAGED', `${path} is damaged: its header cannot be decoded`, { cause: error });
  }
  const members = (header.members?.members ?? []).map(({ id, incarnation, isVoter }) => ({ id, incarnation, isVoter }));
  return { id: header.id, index: header.last?.index ?? 0, term: header.last?.term ?? 0, members };
}

/** A slice with its length and CRC. */
export function encodeSlice(slice: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(LENGTH_BYTES + slice.length + CRC_BYTES);
  new DataView(bytes.buffer).setUint32(0, slice.length);
  bytes.set(slice, LENGTH_BYTES);
  return withCrc(bytes, 0);
}

/**
 * Reads a slice's length.
 * @returns how many bytes follow: slice and CRC; 0: a trailer begins here
 * @throws DfsError LOG_DAMAGED
 */
export function sliceRestBytes(path: string, offset: number, length: Uint8Array): number {
  const bytes = new DataView(length.buffer, length.byteOffset, LENGTH_BYTES).getUint32(0);
  if (bytes > SLICE_BYTES_MAX) throw damagedCheckpoint(path, offset, `a slice cannot have ${bytes} bytes`);
  return bytes === 0 ? 0 : bytes + CRC_BYTES;
}

/**
 * The bytes of a slice.
 * @param rest as many as `sliceRestBytes` said
 * @throws DfsError LOG_DAMAGED
 */
export function decodeSlice(path: string, offset: number, length: Uint8Array, rest: Uint8Array): Uint8Array {
  assertCrc(path, offset, rest, crc32(length));
  return rest.subarray(0, rest.length - CRC_BYTES);
}

export interface Trailer {
  readonly slices: number;
  /** Of all slices together. */
  readonly bytes: number;
  /** Of the state. */
  readonly digest: string;
}

/** @param fileCrc of everything before the trailer */
export function encodeTrailer({ slices, bytes, digest }: Trailer, fileCrc: number): Uint8Array {
  const trailer = new Uint8Array(LENGTH_BYTES + TRAILER_REST_BYTES);
  const view = new DataView(trailer.buffer);
  view.setBigUint64(4, BigInt(slices));
  view.setBigUint64(12, BigInt(bytes));
  trailer.set(Buffer.from(digest.padEnd(DIGEST_CHARS), 'latin1').subarray(0, DIGEST_CHARS), 20);
  return withCrc(trailer, fileCrc);
}

/**
 * @param fileCrc of everything before `rest`
 * @param rest TRAILER_REST_BYTES
 * @throws DfsError LOG_DAMAGED
 */
export function decodeTrailer(path: string, offset: number, rest: Uint8Array, fileCrc: number): Trailer {
  assertCrc(path, offset, rest, fileCrc);
  const view = new DataView(rest.buffer, rest.byteOffset, rest.length);
  const digest = Buffer.from(rest.subarray(16, 16 + DIGEST_CHARS)).toString('latin1');
  return { slices: Number(view.getBigUint64(0)), bytes: Number(view.getBigUint64(8)), digest: digest.trimEnd() };
}

/** Fills in the last four bytes: the CRC of those before them, begun with `seed`. */
function withCrc(bytes: Uint8Array, seed: number): Uint8Array {
  const end = bytes.length - CRC_BYTES;
  new DataView(bytes.buffer).setUint32(end, crc32(bytes.subarray(0, end), seed));
  return bytes;
}

function assertCrc(path: string, offset: number, bytes: Uint8Array, seed: number): void {
  const end = bytes.length - CRC_BYTES;
  const said = new DataView(bytes.buffer, bytes.byteOffset, bytes.length).getUint32(end);
  if (crc32(bytes.subarray(0, end), seed) !== said) throw damagedCheckpoint(path, offset, 'its checksum does not match');
}
