/**
 * The sending side of a write: used by a client towards the first node of a pipeline, and by each node towards the next.
 *
 *   opening --WRITE_READY--> streaming --finish()--> finishing --WRITE_COMMITTED--> committed (the channel is free again)
 *      `------------------------`--------------------------`--> failed (the channel is destroyed)
 *
 * Both sides send a keepalive every quarter of the stream timeout: the receiver a WRITE_ACK (also before WRITE_READY, while the
 * receiver connects to the nodes after it), the sender an empty PACKET when no data is available. A keepalive proves that the other
 * side lives, and no more: while the receiver has something to do (it opens, has unacknowledged data, or commits), its bytes or its
 * steps must advance within pipelineLimitMs. A sender that has nothing to send may take as long as it likes.
 */
import assert from 'node:assert/strict';
import { DfsError } from '../shared/errors.js';
import { BLOCK_BYTES, PACKET_BYTES_MAX, WRITE_WINDOW_BYTES } from '../shared/limits.js';
import type { Timings } from '../shared/profile.js';
import type { Clock, Timer } from '../shared/runtime.js';
import { StallTimer } from './stall-timer.js';
import { pipelineLimitMs } from '../shared/wait-limits.js';
import { writeAck, writeCommitted, writeOpen, writeReady } from './data-headers.js';
import type { FrameChannel } from './frame-channel.js';
import { encodeFinish, encodePacketHeader, FrameType } from './frames.js';
import type { WriteAck__Output } from './generated/distrifs/v1/WriteAck.js';
import type { WriteOpen } from './generated/distrifs/v1/WriteOpen.js';
import { PacketSize } from './packet-size.js';
import { blamedOn, receiveAnswer, unexpectedFrame } from './peer-answer.js';

export interface ChunkWriteOptions {
  /** Silence of the node for streamTimeoutMs, and no progress for pipelineLimitMs, end the write with DEADLINE_EXCEEDED. */
  readonly timings: Pick<Timings, 'streamTimeoutMs' | 'diskTimeoutMs'>;
  readonly clock: Clock;
  /** Bytes that may be sent without an acknowledgement, at least one block; a packet that is larger is sent alone. Default: WRITE_WINDOW_BYTES. */
  readonly windowBytes?: number;
  /**
   * Called after each sign of progress, also before the pipeline is ready.
   * @param steps disk calls that have ended for this write on the nodes of the pipeline
   */
  readonly onProgress?: (ackedBytes: number, steps: number) => void;
}

/** A packet should take no longer than this part of the stream timeout. */
const PACKETS_PER_TIMEOUT = 32;

const NO_CHECKSUMS = new Uint32Array(0);

/**
 * Opens a write on an idle channel, and waits until the whole pipeline is ready.
 * Rejects with a DfsError whose `nodeId` is the node that caused the failure: `open.nodeId` when the channel is silent or lost; no
 * `nodeId` when the pipeline attributes the failure to the caller. The channel is then destroyed.
 */
export async function openChunkWrite(
  channel: FrameChannel,
  open: WriteOpen,
  options: ChunkWriteOptions,
): Promise<ChunkWriteStream> {
  const nodeId = open.nodeId ?? '';
  const nodes = 1 + (open.downstream?.length ?? 0);
  const stalled: { error: DfsError | null } = { error: null };
  const stall = new StallTimer(options.clock, (limitMs) => {
    stalled.error = stalledError(nodeId, limitMs);
    channel.destroy();
  });
  stall.begin(pipelineLimitMs(options.timings, nodes));
  let steps = 0;
  try {
    await channel.send(writeOpen.encode(open)).catch((error: unknown) => {
      throw blamedOn(nodeId, error);
    });
    for (;;) {
      const frame = await receiveAnswer(channel, nodeId, options.timings.streamTimeoutMs);
      if (frame.type === FrameType.WRITE_ACK) {
        const ack = writeAck.decode(frame.body);
        if (ack.steps <= steps) continue;
        steps = ack.steps;
        stall.progressed();
        options.onProgress?.(0, steps);
        continue;
      }
      if (frame.type !== FrameType.WRITE_READY) throw unexpectedFrame(channel, nodeId, frame, 'in answer to WRITE_OPEN');
      return new ChunkWriteStream(channel, nodeId, writeReady.decode(frame.body).nodeIds, options);
    }
  } catch (error) {
    channel.destroy();
    throw stalled.error ?? error;
  } finally {
    stall.end();
  }
}

/** The node beside the one at fault notices first, and says so in time: without its word, the next node is to blame. */
function stalledError(nodeId: string, limitMs: number): DfsError {
  const text = `Node "${nodeId}" answers, but its write has made no progress for ${Math.round(limitMs)} ms`;
  return new DfsError('DEADLINE_EXCEEDED', text, { nodeId });
}

/** A write under way. One call of write, forward or finish at a time. */
export class ChunkWriteStream {
  /** The pipeline, first node first. */
  readonly nodeIds: readonly string[];
  /** Resolves (never rejects) with null when the chunk is committed, or with the failure, as soon as it is known. */
  readonly ended: Promise<DfsError | null>;
  readonly #channel: FrameChannel;
  readonly #nodeId: string;
  readonly #options: ChunkWriteOptions;
  readonly #windowBytes: number;
  readonly #packetSize: PacketSize;
  /** 0 <= acked <= sent */
  #ackedBytes = 0;
  #sentBytes = 0;
  #steps = 0;
  readonly #stall: StallTimer;
  #finishing = false;
  #failure: DfsError | null = null;
  #committedBy: readonly string[] = [];
  /** Wakes the write that waits for space in the window. */
  #wake: () => void = () => undefined;
  #lifeTimer: Timer;
  /** Frames passed to the channel whose write is pending; the keepalive is sent only when there are none. */
  #sending = 0;
  #sentSinceTick = false;

  /** For openChunkWrite. */
  constructor(channel: FrameChannel, nodeId: string, nodeIds: readonly string[], options: ChunkWriteOptions) {
    this.#channel = channel;
    this.#nodeId = nodeId;
    this.nodeIds = nodeIds;
    this.#options = options;
    this.#windowBytes = Math.max(options.windowBytes ?? WRITE_WINDOW_BYTES, BLOCK_BYTES);
    this.#packetSize = new PacketSize(options.clock, options.timings.streamTimeoutMs / PACKETS_PER_TIMEOUT);
    this.#stall = new StallTimer(options.clock, (limitMs) => this.#fail(stalledError(nodeId, limitMs)));
    this.#lifeTimer = this.#startLifeTimer();
    this.ended = this.#listen();
  }

  /** Bytes that every node of the pipeline has verified and written (not yet fsynced). */
  get ackedBytes(): number {
    return this.#ackedBytes;
  }

  get sentBytes(): number {
    return this.#sentBytes;
  }

  /** Data that the next packet should have at most, by how fast the pipeline was: 1..16 blocks. */
  get packetBytes(): number {
    return this.#packetSize.bytes;
  }

  /**
   * Sends data without a copy, in one packet, or in several where the pipeline is slow; waits while the window is full.
   * @param data 1..PACKET_BYTES_MAX bytes in pieces of whole blocks, which must not change until `onSent` is called or the write has
   *   failed; only a chunk's last block may be shorter
   * @param checksums crc32 of each block of the data
   * @param onSent called once: when the data is sent, or is not going to be
   */
  async write(data: readonly Uint8Array[], checksums: Uint32Array, onSent: () => void = () => undefined): Promise<void> {
    let isLast = false;
    try {
      for (let rest = data, block = 0; !isLast;) {
        const [pieces, later] = splitPieces(rest, this.packetBytes);
        const dataBytes = pieces.reduce((sum, piece) => sum + piece.length, 0);
        await this.#waitForRoom(dataBytes);
        const failure = this.#failureNow();
        if (failure !== null) throw failure;
        const end = block + Math.ceil(dataBytes / BLOCK_BYTES);
        const header = { offset: this.#sentBytes, dataBytes, checksums: checksums.subarray(block, end) };
        isLast = later.length === 0;
        await this.#send(dataBytes, () => this.#channel.sendPacket(header, pieces, isLast ? onSent : undefined));
        rest = later;
        block = end;
      }
    } catch (error) {
      // Where the last part was passed to the connection, it calls it.
      if (!isLast) onSent();
      throw error;
    }
  }

  /**
   * Ends the data. Resolves when the chunk is committed on every node of the pipeline, with their ids; the channel is then idle.
   */
  async finish(): Promise<{ nodeIds: string[] }> {
    if (this.#failure !== null) throw this.#failure;
    this.#finishing = true;
    this.#lifeTimer.cancel();
    this.#stall.progressed();
    this.#stall.begin(this.#limitMs(this.#sentBytes));
    await this.#send(0, () => this.#channel.send(encodeFinish(this.#sentBytes)));
    const failure = await this.ended;
    if (failure !== null) throw failure;
    return { nodeIds: [...this.#committedBy] };
  }

  /** Cancels the write: the nodes drop the received data. Has no effect on a write that has ended. */
  abort(): void {
    if (this.#committedBy.length > 0) return;
    this.#fail(new DfsError('CANCELLED', `Write to node "${this.#nodeId}" given up`));
  }

  async #waitForRoom(dataBytes: number): Promise<void> {
    assert(
      dataBytes > 0 && dataBytes <= PACKET_BYTES_MAX && this.#sentBytes % BLOCK_BYTES === 0,
      'blocks are sent whole, in order',
    );
    const isFull = (): boolean =>
      this.#sentBytes > this.#ackedBytes && this.#sentBytes + dataBytes - this.#ackedBytes > this.#windowBytes;
    while (this.#failure === null && isFull()) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  async #send(dataBytes: number, send: () => Promise<void>): Promise<void> {
    if (this.#failure !== null) throw this.#failure;
    this.#sentBytes += dataBytes;
    this.#stall.begin(this.#limitMs());
    this.#sentSinceTick = true;
    this.#sending++;
    try {
      await send();
    } catch {
      // The other side may have sent an ERROR before it closed the connection: the failure found by the listener is the reason.
      await this.ended;
    } finally {
      this.#sending--;
    }
    const failure = this.#failureNow();
    if (failure !== null) throw failure;
  }

  /** Reads `#failure` through a call, because the compiler assumes that the field does not change during an await. */
  #failureNow(): DfsError | null {
    return this.#failure;
  }

  /** Processes acknowledgements until the write has ended. */
  async #listen(): Promise<DfsError | null> {
    try {
      for (;;) {
        const frame = await receiveAnswer(this.#channel, this.#nodeId, this.#options.timings.streamTimeoutMs);
        if (frame.type === FrameType.WRITE_ACK) this.#acknowledge(writeAck.decode(frame.body));
        else if (frame.type === FrameType.WRITE_COMMITTED && this.#finishing) {
          const { nodeIds, lengthBytes } = writeCommitted.decode(frame.body);
          if (lengthBytes !== this.#sentBytes || nodeIds.length === 0) {
            const text = `Node "${this.#nodeId}" committed ${lengthBytes} bytes on ${nodeIds.length} nodes; ${this.#sentBytes} bytes were sent`;
            throw new DfsError('PROTOCOL_ERROR', text, { nodeId: this.#nodeId });
          }
          this.#committedBy = nodeIds;
          this.#stall.end();
          return null;
        } else throw unexpectedFrame(this.#channel, this.#nodeId, frame, 'in a write');
      }
    } catch (error) {
      return this.#fail(error instanceof DfsError ? error : blamedOn(this.#nodeId, error));
    }
  }

  #acknowledge({ receivedBytes, steps }: WriteAck__Output): void {
    if (receivedBytes > this.#sentBytes) {
      const text = `Node "${this.#nodeId}" acknowledged ${receivedBytes} bytes of ${this.#sentBytes} sent`;
      throw new DfsError('PROTOCOL_ERROR', text, { nodeId: this.#nodeId });
    }
    if (receivedBytes <= this.#ackedBytes && steps <= this.#steps) return;
    this.#packetSize.acknowledged(Math.max(0, receivedBytes - this.#ackedBytes));
    this.#ackedBytes = Math.max(this.#ackedBytes, receivedBytes);
    this.#steps = Math.max(this.#steps, steps);
    this.#stall.progressed();
    if (this.#ackedBytes === this.#sentBytes && !this.#finishing) this.#stall.end();
    this.#wake();
    this.#options.onProgress?.(this.#ackedBytes, this.#steps);
  }

  #limitMs(unsyncedBytes = 0): number {
    return pipelineLimitMs(this.#options.timings, this.nodeIds.length, unsyncedBytes);
  }

  /** Records the first failure; later failures are ignored. */
  #fail(error: DfsError): DfsError {
    const failure = this.#failure ?? error;
    this.#failure = failure;
    this.#lifeTimer.cancel();
    this.#stall.end();
    this.#channel.destroy();
    this.#wake();
    return failure;
  }

  #startLifeTimer(): Timer {
    return this.#options.clock.setTimer(this.#options.timings.streamTimeoutMs / 4, () => {
      if (this.#failure !== null || this.#finishing) return;
      if (!this.#sentSinceTick && this.#sending === 0) {
        this.#sending++;
        // The listener detects a channel that cannot send the frame.
        this.#channel.send(encodePacketHeader({ offset: this.#sentBytes, dataBytes: 0, checksums: NO_CHECKSUMS })).then(
          () => this.#sending--,
          () => this.#sending--,
        );
      }
      this.#sentSinceTick = false;
      this.#lifeTimer = this.#startLifeTimer();
    });
  }
}

/** The first bytes of the pieces, at most `bytes`, and the others. */
function splitPieces(
  pieces: readonly Uint8Array[],
  bytes: number,
): readonly [first: readonly Uint8Array[], rest: readonly Uint8Array[]] {
  let left = bytes;
  for (const [i, piece] of pieces.entries()) {
    if (piece.length > left) {
      const first = left === 0 ? [] : [piece.subarray(0, left)];
      return [
        [...pieces.slice(0, i), ...first],
        [piece.subarray(left), ...pieces.slice(i + 1)],
      ];
    }
    left -= piece.length;
  }
  return [pieces, []];
}
