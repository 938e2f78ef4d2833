/**
 * The bytes of a checkpoint file.
 *
 *   file    := "DFSCKPT1" frame(header) frame(slice)* 0:u32 frame(trailer)      all integers big-endian
 *   frame   := length:u32 payload crc:u32                                       length >= 1
 *   header  := a protobuf RaftSnapshot: index, term, id, members
 *   trailer := slices:u32 digest                                                of the state, UTF-8
 *   crc     := CRC32 of the frame's number (u32, from 0) and the payload: a frame in another's place is damage, too
 */
import { messageCodec } from '../../protocol/messages.js';
import type { RaftSnapshot, RaftSnapshot__Output } from '../../protocol/generated/distrifs/v1/RaftSnapshot.js';
import type { Snapshot } from '../../raft/types.js';
import { crc32 } from '../../shared/crc32.js';
import { DfsError, isDfsError } from '../../shared/errors.js';
import { MIB } from '../../shared/limits.js';
import type { DiskFile } from '../../shared/runtime.js';
import { decodeMembers, encodeMembers } from '../consensus/raft-codec.js';

const MAGIC = new TextEncoder().encode('DFSCKPT1');
const U32_BYTES = 4;
const FRAME_BYTES_MAX = 16 * MIB;
const headerCodec = messageCodec<RaftSnapshot, RaftSnapshot__Output>('RaftSnapshot');

const frameCrc = (number: number, payload: Uint8Array): number => {
  const prefix = new Uint8Array(U32_BYTES);
  new DataView(prefix.buffer).setUint32(0, number);
  return crc32(payload, crc32(prefix));
};

/** Lays a checkpoint out, piece by piece. */
export class CheckpointEncoder {
  #frames = 0;

  /** How the file begins. */
  header({ index, term, id, members }: Snapshot): Uint8Array {
    const frame = this.#frame(headerCodec.encode({ last: { index, term }, id, members: encodeMembers(members) }));
    const bytes = new Uint8Array(MAGIC.length + frame.length);
    bytes.set(MAGIC);
    bytes.set(frame, MAGIC.length);
    return bytes;
  }

  slice(payload: Uint8Array): Uint8Array {
    return this.#frame(payload);
  }

  /** How it ends. */
  trailer(digest: string): Uint8Array {
    const text = new TextEncoder().encode(digest);
    const payload = new Uint8Array(U32_BYTES + text.length);
    new DataView(payload.buffer).setUint32(0, this.#frames - 1);
    payload.set(text, U32_BYTES);
    const frame = this.#frame(payload);
    const bytes = new Uint8Array(U32_BYTES + frame.length);
    bytes.set(frame, U32_BYTES);
    return bytes;
  }

  #frame(payload: Uint8Array): Uint8Array {
    if (payload.length < 1 || payload.length > FRAME_BYTES_MAX) {
      throw new DfsError('INTERNAL', `A part of a checkpoint cannot have ${payload.length} bytes: 1 to ${FRAME_BYTES_MAX}`);
    }
    const bytes = new Uint8Array(payload.length + 2 * U32_BYTES);
    const view = new DataView(bytes.buffer);
    view.setUint32(0, payload.length);
    bytes.set(payload, U32_BYTES);
    view.setUint32(U32_BYTES + payload.length, frameCrc(this.#frames, payload));
    this.#frames += 1;
    return bytes;
  }
}

/** Reads a checkpoint frame by frame: no more than one is in memory. All damage is LOG_DAMAGED. */
export class CheckpointDecoder {
  readonly #file: DiskFile;
  readonly #name: string;
  readonly #sizeBytes: number;
  #offset = 0;
  #frames = 0;

  /** @param name for messages */
  constructor(file: DiskFile, name: string, sizeBytes: number) {
    this.#file = file;
    this.#name = name;
    this.#sizeBytes = sizeBytes;
  }

  /** First. @throws DfsError LOG_DAMAGED, or of the disk */
  async header(): Promise<Snapshot> {
    const magic = await this.#take(MAGIC.length);
    if (MAGIC.some((byte, at) => magic[at] !== byte)) throw this.#damaged('it does not begin as a checkpoint does');
    const payload = await this.#frame();
    if (payload === null) throw this.#damaged('it has no header');
    try {
      const { last, id, members } = headerCodec.decode(payload);
      if (last !== null && id !== '') return { index: last.index, term: last.term, id, members: decodeMembers(members) };
    } catch (error) {
      if (!isDfsError(error, 'PROTOCOL_ERROR')) throw error;
    }
    throw this.#damaged('its header says nothing');
  }

  /** Then: the next slice, or null when all were read. @throws DfsError LOG_DAMAGED, or of the disk */
  slice(): Promise<Uint8Array | null> {
    return this.#frame();
  }

  /** At last. @returns the digest of the state. @throws DfsError LOG_DAMAGED, or of the disk */
  async trailer(): Promise<string> {
    const slices = this.#frames - 1;
    const payload = await this.#frame();
    if (payload === null || payload.length < U32_BYTES) throw this.#damaged('its end is missing');
    const expected = new DataView(payload.buffer, payload.byteOffset).getUint32(0);
    if (expected !== slices) throw this.#damaged(`it has ${slices} slices, but should have ${expected}`);
    if (this.#offset !== this.#sizeBytes) throw this.#damaged('bytes follow its end');
    return new TextDecoder().decode(payload.subarray(U32_BYTES));
  }

  async #frame(): Promise<Uint8Array | null> {
    const length = viewOf(await this.#take(U32_BYTES)).getUint32(0);
    if (length === 0) return null;
    if (length > FRAME_BYTES_MAX) throw this.#damaged(`a part cannot have ${length} bytes`);
    const bytes = await this.#take(length + U32_BYTES);
    const payload = bytes.subarray(0, length);
    if (viewOf(bytes).getUint32(length) !== frameCrc(this.#frames, payload)) throw this.#damaged('a checksum does not match');
    this.#frames += 1;
    return payload;
  }

  async #take(count: number): Promise<Uint8Array> {
    if (this.#offset + count > this.#sizeBytes) throw this.#damaged('the file is too short');
    const bytes = new Uint8Array(count);
    const read = await this.#file.read(bytes, this.#offset);
    if (read < count) throw this.#damaged('the file is too short');
    this.#offset += count;
    return bytes;
  }

  #damaged(reason: string): DfsError {
    return new DfsError('LOG_DAMAGED', `Checkpoint ${this.#name} is damaged at offset ${this.#offset}: ${reason}`);
  }
}

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
