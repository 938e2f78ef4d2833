/** Frames over a byte stream. The data plane receives bytes only through this module. */
import assert from 'node:assert/strict';
import { DfsError } from '../shared/errors.js';
import { KIB } from '../shared/limits.js';
import type { ByteStream, Clock } from '../shared/runtime.js';
import { errorFrame } from './data-headers.js';
import {
  decodePacketHeader,
  decodePrefix,
  encodePacketHeader,
  FRAME_PREFIX_BYTES,
  FRAME_VERSION,
  FrameType,
  PACKET_FIXED_BYTES,
  packetHeaderBytes,
  type PacketHeader,
} from './frames.js';

/** A frame with its body; of a packet the header, after which its data is to be received. */
export type Frame =
  | { readonly type: typeof FrameType.PACKET; readonly packet: PacketHeader }
  | { readonly type: Exclude<FrameType, typeof FrameType.PACKET>; readonly body: Uint8Array };

/** Received at once where there is no frame yet: most frames fit. */
const BUFFER_BYTES = 4 * KIB;
/** Data of a packet that is passed to the connection at a time: each part that the other side takes is progress. */
const SLICE_BYTES = 256 * KIB;
/** Data that is not wanted is received in parts of this size. */
const SKIPPED_BYTES = 64 * KIB;

export class FrameChannel {
  readonly #stream: ByteStream;
  readonly #clock: Clock;
  /** Received bytes that are not part of a taken frame: those from #from to #to. Replaced by a larger one for a large header. */
  #buffer: Uint8Array = new Uint8Array(0);
  #from = 0;
  #to = 0;
  /** Data of the last packet that has not been received. */
  #dataLeft = 0;
  #receivedFrames = 0;
  #foreignVersion: number | null = null;

  constructor(stream: ByteStream, clock: Clock) {
    this.#stream = stream;
    this.#clock = clock;
  }

  get remoteAddress(): string {
    return this.#stream.remoteAddress;
  }

  /** Frames received since the connection was made. */
  get receivedFrames(): number {
    return this.#receivedFrames;
  }

  /** Version of the frames of the other side, where it is not the one of this side. */
  get foreignVersion(): number | null {
    return this.#foreignVersion;
  }

  /** Writes a whole frame; resolves when more may be written. */
  send(frame: Uint8Array): Promise<void> {
    return this.#stream.write(frame);
  }

  /**
   * Writes a packet; resolves when more may be written.
   * @param data its bytes in any number of pieces, which must not change until `onSent` is called or the channel is destroyed
   * @param onSlice called when the connection has taken a part
   */
  async sendPacket(
    header: PacketHeader,
    data: readonly Uint8Array[],
    onSent?: () => void,
    onSlice: () => void = () => undefined,
  ): Promise<void> {
    const slices = slicesOf(data);
    const head = encodePacketHeader(header);
    // All at once, so that no other frame comes between.
    const writes = [[head, ...(slices[0] ?? [])], ...slices.slice(1)].map((pieces, i) =>
      this.#stream.write(pieces, i === Math.max(0, slices.length - 1) ? onSent : undefined),
    );
    // Each failure is thrown in its turn, the first one first.
    for (const write of writes) write.catch(() => undefined);
    for (const write of writes) {
      await write;
      onSlice();
    }
  }

  /**
   * The next frame, or null when the other side ended cleanly between frames. Data of the last packet that was not received is dropped.
   * Rejects with PROTOCOL_ERROR (garbage, or another version), CONNECTION_LOST (ended inside a frame, or broke), DEADLINE_EXCEEDED
   * (silent for `timeoutMs`, when given, or not whole `frameMs` after its first byte; the stream is then destroyed).
   */
  async receive(timeoutMs?: number, frameMs = Infinity): Promise<Frame | null> {
    const wait: Wait = { timeoutMs, frameMs, endsMs: Infinity };
    while (this.#dataLeft > 0) await this.receiveData(new Uint8Array(Math.min(SKIPPED_BYTES, this.#dataLeft)), timeoutMs);
    if (!(await this.#fill(FRAME_PREFIX_BYTES, wait))) return null;
    const { version, type, bodyBytes } = decodePrefix(this.#peek(0, FRAME_PREFIX_BYTES));
    if (type === null) {
      this.#foreignVersion = version;
      throw new DfsError('PROTOCOL_ERROR', foreignVersionText(version));
    }
    if (type === FrameType.PACKET) {
      await this.#fill(FRAME_PREFIX_BYTES + PACKET_FIXED_BYTES, wait);
      const headerBytes = packetHeaderBytes(this.#peek(FRAME_PREFIX_BYTES, PACKET_FIXED_BYTES), bodyBytes);
      await this.#fill(FRAME_PREFIX_BYTES + headerBytes, wait);
      const packet = decodePacketHeader(this.#peek(FRAME_PREFIX_BYTES, headerBytes));
      this.#dataLeft = packet.dataBytes;
      return this.#took(FRAME_PREFIX_BYTES + headerBytes, { type, packet });
    }
    await this.#fill(FRAME_PREFIX_BYTES + bodyBytes, wait);
    return this.#took(FRAME_PREFIX_BYTES + bodyBytes, { type, body: this.#peek(FRAME_PREFIX_BYTES, bodyBytes).slice() });
  }

  /**
   * Receives the data of the packet that `receive` returned last, or the next part of it. The channel owns `target` until this settles.
   * Rejects as `receive` does.
   * @param target no longer than what is left
   */
  async receiveData(target: Uint8Array, timeoutMs?: number): Promise<void> {
    assert(target.length <= this.#dataLeft, 'a packet has only so much data');
    const ready = Math.min(target.length, this.#to - this.#from);
    target.set(this.#peek(0, ready));
    this.#from += ready;
    this.#dataLeft -= target.length;
    if (ready === target.length) return;
    const rest = target.subarray(ready);
    if ((await this.#read(rest, rest.length, timeoutMs)) < rest.length) throw this.#cutShort();
  }

  /**
   * The next frame, of this type. An ERROR frame is thrown as the DfsError it carries; the end of the stream as CONNECTION_LOST;
   * another type as PROTOCOL_ERROR.
   */
  async expect(type: Exclude<FrameType, typeof FrameType.PACKET>, timeoutMs?: number): Promise<{ readonly body: Uint8Array }> {
    const frame = await this.receive(timeoutMs);
    if (frame === null) throw new DfsError('CONNECTION_LOST', `Connection with ${this.remoteAddress} closed by the other side`);
    if (frame.type === FrameType.ERROR) throw errorFrame.decode(frame.body);
    if (frame.type === FrameType.PACKET || frame.type !== type) {
      throw new DfsError('PROTOCOL_ERROR', `Frame of type ${frame.type} from ${this.remoteAddress} where ${type} was expected`);
    }
    return frame;
  }

  end(): Promise<void> {
    return this.#stream.end();
  }

  destroy(): void {
    this.#stream.destroy();
  }

  #peek(at: number, bytes: number): Uint8Array {
    return this.#buffer.subarray(this.#from + at, this.#from + at + bytes);
  }

  #took(bytes: number, frame: Frame): Frame {
    this.#from += bytes;
    this.#receivedFrames++;
    return frame;
  }

  /** Receives until that many bytes are there. Returns false when the other side ended before the first of them. */
  async #fill(bytes: number, wait: Wait): Promise<boolean> {
    while (this.#to - this.#from < bytes) {
      this.#makeRoom(bytes);
      const pending = this.#to - this.#from;
      if (pending > 0) wait.endsMs = Math.min(wait.endsMs, this.#clock.nowMs() + wait.frameMs);
      const limitMs = shorter(wait.timeoutMs, wait.endsMs - this.#clock.nowMs());
      const received = await this.#read(this.#buffer.subarray(this.#to), 1, limitMs);
      if (received === 0 && pending === 0) return false;
      if (received === 0) throw this.#cutShort();
      this.#to += received;
    }
    return true;
  }

  /** Makes room for that many bytes from #from on. */
  #makeRoom(bytes: number): void {
    if (this.#from > 0) this.#buffer.copyWithin(0, this.#from, this.#to);
    this.#to -= this.#from;
    this.#from = 0;
    if (this.#buffer.length >= bytes && this.#buffer.length > 0) return;
    const larger = new Uint8Array(Math.max(BUFFER_BYTES, bytes));
    larger.set(this.#buffer.subarray(0, this.#to));
    this.#buffer = larger;
  }

  #cutShort(): DfsError {
    return new DfsError('CONNECTION_LOST', `Connection with ${this.remoteAddress} ended inside a frame`);
  }

  async #read(target: Uint8Array, atLeastBytes: number, timeoutMs: number | undefined): Promise<number> {
    if (timeoutMs === undefined) return this.#stream.readInto(target, atLeastBytes);
    const watch = { fired: false, arrivedBytes: this.#stream.arrivedBytes };
    const look = (): void => {
      const isAlive = atLeastBytes > 1 && this.#stream.arrivedBytes > watch.arrivedBytes;
      watch.arrivedBytes = this.#stream.arrivedBytes;
      if (isAlive) timer = this.#clock.setTimer(timeoutMs, look);
      else {
        watch.fired = true;
        this.#stream.destroy();
      }
    };
    let timer = this.#clock.setTimer(timeoutMs, look);
    try {
      return await this.#stream.readInto(target, atLeastBytes);
    } catch (error) {
      if (!watch.fired) throw error;
      throw new DfsError('DEADLINE_EXCEEDED', `${this.remoteAddress} sent nothing for ${timeoutMs} ms`, { cause: error });
    } finally {
      timer.cancel();
    }
  }
}

/** How long a frame may be waited for. */
interface Wait {
  readonly timeoutMs: number | undefined;
  readonly frameMs: number;
  /** When the frame has to be whole; Infinity before its first byte. */
  endsMs: number;
}

/** The shorter of two times; undefined: without a limit. */
function shorter(timeoutMs: number | undefined, leftMs: number): number | undefined {
  const limitMs = Math.min(timeoutMs ?? Infinity, Math.max(0, leftMs));
  return limitMs === Infinity ? undefined : limitMs;
}

function foreignVersionText(version: number): string {
  return `Frame version ${version}: this side speaks version ${FRAME_VERSION} of the data plane, another release of DistriFS, or no DistriFS, is at the other end`;
}

/** The pieces in groups of SLICE_BYTES and a little more. */
function slicesOf(pieces: readonly Uint8Array[]): Uint8Array[][] {
  const slices: Uint8Array[][] = [];
  let bytes = SLICE_BYTES;
  for (const piece of pieces) {
    for (let at = 0; at < piece.length; at += SLICE_BYTES) {
      const part = piece.subarray(at, at + SLICE_BYTES);
      if (bytes >= SLICE_BYTES) {
        slices.push([]);
        bytes = 0;
      }
      slices.at(-1)?.push(part);
      bytes += part.length;
    }
  }
  return slices;
}
