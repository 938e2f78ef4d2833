/** The requesting side of a read: a byte range of one replica, with every packet verified. */
import { DfsError } from '../shared/errors.js';
import type { Memory } from '../shared/runtime.js';
import { readHeader, readOpen } from './data-headers.js';
import type { Frame, FrameChannel } from './frame-channel.js';
import { decodeFinish, FrameType, type PacketHeader } from './frames.js';
import type { ReadHeader__Output } from './generated/distrifs/v1/ReadHeader.js';
import type { ReadOpen } from './generated/distrifs/v1/ReadOpen.js';
import { badBlockOffset } from './packet-blocks.js';
import { blamedOn, receiveAnswer, receiveAnswerData, unexpectedFrame } from './peer-answer.js';

/** The requested range; numbers only, because the range is calculated with. */
export type ChunkReadOpen = ReadOpen & {
  readonly offsetBytes: number;
  readonly lengthBytes: number;
  readonly nodeId: string;
};

export interface ChunkReadOptions {
  /** For the packets. */
  readonly memory: Pick<Memory, 'takeBuffer'>;
  /** Silence of the node for this long, in ms, ends the read with DEADLINE_EXCEEDED. */
  readonly streamTimeoutMs: number;
}

/**
 * Opens a read on an idle channel, and waits for the node's header.
 * Rejects with the node's own error (STALE_VERSION, CHUNK_NOT_FOUND, DATA_CORRUPT, …), after which the channel is idle, or
 * with a failure of the connection.
 */
export async function openChunkRead(
  channel: FrameChannel,
  open: ChunkReadOpen,
  options: ChunkReadOptions,
): Promise<ChunkReadStream> {
  await channel.send(readOpen.encode(open)).catch((error: unknown) => {
    throw blamedOn(open.nodeId, error);
  });
  const frame = await receiveAnswer(channel, open.nodeId, options.streamTimeoutMs);
  if (frame.type !== FrameType.READ_HEADER) throw unexpectedFrame(channel, open.nodeId, frame, 'in answer to READ_OPEN');
  const header = readHeader.decode(frame.body);
  const end = Math.min(open.offsetBytes + open.lengthBytes, header.chunkLengthBytes);
  const isCovered =
    end <= open.offsetBytes ||
    (header.firstOffsetBytes <= open.offsetBytes && header.firstOffsetBytes + header.lengthBytes >= end);
  if (!isCovered) {
    const text = `Node "${open.nodeId}" offers bytes ${header.firstOffsetBytes} to ${header.firstOffsetBytes + header.lengthBytes} where ${open.offsetBytes} to ${end} were requested`;
    throw new DfsError('PROTOCOL_ERROR', text, { nodeId: open.nodeId });
  }
  return new ChunkReadStream(channel, open, header, options);
}

/**
 * A read under way, to be iterated once. Yields exactly the requested range, cut at the chunk's end, in pieces of at most a packet. A
 * piece is valid until the next one is asked for.
 */
export class ChunkReadStream implements AsyncIterable<Uint8Array> {
  readonly #channel: FrameChannel;
  readonly #open: ChunkReadOpen;
  readonly #header: ReadHeader__Output;
  readonly #options: ChunkReadOptions;
  #atRest = false;

  /** For openChunkRead. */
  constructor(channel: FrameChannel, open: ChunkReadOpen, header: ReadHeader__Output, options: ChunkReadOptions) {
    this.#channel = channel;
    this.#open = open;
    this.#header = header;
    this.#options = options;
  }

  /** Length of the whole chunk. */
  get chunkLengthBytes(): number {
    return this.#header.chunkLengthBytes;
  }

  /** True once the conversation has ended and the channel can carry another; false during the conversation and after an abort. */
  get reusable(): boolean {
    return this.#atRest;
  }

  /**
   * Throws DATA_CORRUPT (this node's replica, or the data in transit, is corrupt), the node's own error, or a failure of the
   * connection; `nodeId` names the node. The last piece is yielded only after the node has confirmed the length.
   */
  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void, undefined> {
    const { offsetBytes, nodeId } = this.#open;
    const wantedEnd = offsetBytes + this.#open.lengthBytes;
    const end = this.#header.firstOffsetBytes + this.#header.lengthBytes;
    let at = this.#header.firstOffsetBytes;
    while (at < end) {
      const packet = await this.#packet();
      const packetEnd = packet.offset + packet.dataBytes;
      if (packet.offset !== at || packet.dataBytes === 0 || packetEnd > end) {
        const text = `Node "${nodeId}" sent bytes ${packet.offset} to ${packetEnd} where ${at} to ${end} were expected`;
        throw new DfsError('PROTOCOL_ERROR', text, { nodeId });
      }
      const buffer = await this.#options.memory.takeBuffer(packet.dataBytes);
      try {
        const { bytes } = buffer;
        await receiveAnswerData(this.#channel, nodeId, bytes, this.#options.streamTimeoutMs);
        const bad = badBlockOffset(at, bytes, packet.checksums);
        // What precedes a bad block is good, and need not be read from another node.
        const goodEnd = bad ?? packetEnd;
        const piece = bytes.subarray(Math.max(0, offsetBytes - at), Math.max(0, Math.min(wantedEnd, goodEnd) - at));
        at = packetEnd;
        if (bad === null && at >= end) await this.#finish();
        if (piece.length > 0) yield piece;
        if (bad !== null) {
          const text = `Chunk ${String(this.#open.chunkId)} from node "${nodeId}" does not match its checksum at offset ${bad}`;
          throw new DfsError('DATA_CORRUPT', text, { nodeId });
        }
      } finally {
        buffer.release();
      }
    }
    if (!this.#atRest) await this.#finish();
  }

  async #finish(): Promise<void> {
    const frame = await this.#frame();
    if (frame.type !== FrameType.FINISH) throw this.#unexpected(frame);
    const lengthBytes = decodeFinish(frame.body);
    if (lengthBytes !== this.#header.lengthBytes) {
      const text = `Node "${this.#open.nodeId}" reports ${lengthBytes} bytes sent of ${this.#header.lengthBytes}`;
      throw new DfsError('PROTOCOL_ERROR', text, { nodeId: this.#open.nodeId });
    }
    this.#atRest = true;
  }

  async #packet(): Promise<PacketHeader> {
    const frame = await this.#frame();
    if (frame.type !== FrameType.PACKET) throw this.#unexpected(frame);
    return frame.packet;
  }

  #frame(): Promise<Frame> {
    return receiveAnswer(this.#channel, this.#open.nodeId, this.#options.streamTimeoutMs);
  }

  #unexpected(frame: Frame): DfsError {
    return unexpectedFrame(this.#channel, this.#open.nodeId, frame, 'in a read');
  }
}
