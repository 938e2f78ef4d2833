/**
 * The sending half of a write conversation: clients use it towards the first node of a pipeline, and each node towards the next.
 *
 *   opening --WRITE_READY--> streaming --finish()--> finishing --WRITE_COMMITTED--> committed (the channel is free again)
 *      `------------------------`--------------------------`--> failed (the channel is destroyed)
 *
 * Both sides give a sign of life every quarter of the stream timeout: the receiver a WRITE_ACK (before WRITE_READY too, while it
 * reaches the nodes after it), the sender an empty PACKET when it has no data.
 */
import assert from 'node:assert/strict';
import { crc32 } from '../shared/crc32.js';
import { DfsError } from '../shared/errors.js';
import { BLOCK_BYTES, WRITE_WINDOW_BYTES } from '../shared/limits.js';
import type { Clock, Timer } from '../shared/runtime.js';
import { writeAck, writeCommitted, writeOpen, writeReady } from './data-headers.js';
import type { FrameChannel } from './frame-channel.js';
import { encodeFinish, encodePacket, FrameType } from './frames.js';
import type { WriteOpen } from './generated/distrifs/v1/WriteOpen.js';
import { blamedOn, receiveAnswer, unexpectedFrame } from './peer-answer.js';

export interface ChunkWriteOptions {
  /** Silence of the node for this long, in ms, ends the write with DEADLINE_EXCEEDED. */
  readonly streamTimeoutMs: number;
  readonly clock: Clock;
  /** Bytes that may be sent and not yet acknowledged; WRITE_WINDOW_BYTES when left out, at least one block. */
  readonly windowBytes?: number;
  /** Called when more bytes were acknowledged. */
  readonly onAck?: (ackedBytes: number) => void;
}

const EMPTY = new Uint8Array(0);

/**
 * Opens a write on a channel that is at rest, and waits until the whole pipeline is ready.
 * Rejects with a DfsError whose `nodeId` is the node to blame: a channel that is silent or lost blames `open.nodeId`; without a
 * `nodeId`, the pipeline blames the caller. The channel is then destroyed.
 */
export async function openChunkWrite(
  channel: FrameChannel,
  open: WriteOpen,
  options: ChunkWriteOptions,
): Promise<ChunkWriteStream> {
  const nodeId = open.nodeId ?? '';
  try {
    await channel.send(writeOpen.encode(open)).catch((error: unknown) => {
      throw blamedOn(nodeId, error);
    });
    for (;;) {
      const frame = await receiveAnswer(channel, nodeId, options.streamTimeoutMs);
      if (frame.type === FrameType.WRITE_ACK) continue;
      if (frame.type !== FrameType.WRITE_READY) throw unexpectedFrame(channel, nodeId, frame, 'in answer to WRITE_OPEN');
      return new ChunkWriteStream(channel, nodeId, writeReady.decode(frame.body).nodeIds, options);
    }
  } catch (error) {
    channel.destroy();
    throw error;
  }
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
  /** 0 <= acked <= sent */
  #ackedBytes = 0;
  #sentBytes = 0;
  #finishing = false;
  #failure: DfsError | null = null;
  #committedBy: readonly string[] = [];
  /** Wakes the one write that waits for room in the window. */
  #wake: () => void = () => undefined;
  #lifeTimer: Timer;
  /** Frames handed to the channel and not yet taken by it; the sign of life is sent only when there are none. */
  #sending = 0;
  #sentSinceTick = false;

  /** For openChunkWrite. */
  constructor(channel: FrameChannel, nodeId: string, nodeIds: readonly string[], options: ChunkWriteOptions) {
    this.#channel = channel;
    this.#nodeId = nodeId;
    this.nodeIds = nodeIds;
    this.#options = options;
    this.#windowBytes = Math.max(options.windowBytes ?? WRITE_WINDOW_BYTES, BLOCK_BYTES);
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

  /**
   * Sends the next block; waits while the window is full.
   * @param data 1..BLOCK_BYTES bytes; only a chunk's last block may be shorter. Copied: the caller keeps it
   * @param checksum crc32 of `data`, when known
   */
  async write(data: Uint8Array, checksum: number = crc32(data)): Promise<void> {
    await this.#waitForRoom(data.length);
    await this.#send(encodePacket(this.#sentBytes, data, checksum), data.length);
  }

  /**
   * Sends a PACKET frame as it was received, without a copy; waits while the window is full.
   * @param frame the whole frame; it must not change afterwards
   * @param dataBytes bytes of data in it
   */
  async forward(frame: Uint8Array, dataBytes: number): Promise<void> {
    await this.#waitForRoom(dataBytes);
    await this.#send(frame, dataBytes);
  }

  /** Ends the data. Resolves when the chunk is committed on every node of the pipeline, with their ids; the channel is then at rest. */
  async finish(): Promise<{ nodeIds: string[] }> {
    if (this.#failure !== null) throw this.#failure;
    this.#finishing = true;
    this.#lifeTimer.cancel();
    await this.#send(encodeFinish(this.#sentBytes), 0);
    const failure = await this.ended;
    if (failure !== null) throw failure;
    return { nodeIds: [...this.#committedBy] };
  }

  /** Gives the write up: the nodes drop what they hold of it. Harmless when it has ended. */
  abort(): void {
    if (this.#committedBy.length > 0) return;
    this.#fail(new DfsError('CANCELLED', `Write to node "${this.#nodeId}" given up`));
  }

  async #waitForRoom(dataBytes: number): Promise<void> {
    assert(dataBytes > 0 && dataBytes <= BLOCK_BYTES && this.#sentBytes % BLOCK_BYTES === 0, 'blocks are sent whole, in order');
    while (this.#failure === null && this.#sentBytes + dataBytes - this.#ackedBytes > this.#windowBytes) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  async #send(frame: Uint8Array, dataBytes: number): Promise<void> {
    if (this.#failure !== null) throw this.#failure;
    this.#sentBytes += dataBytes;
    this.#sentSinceTick = true;
    this.#sending++;
    try {
      await this.#channel.send(frame);
    } catch {
      // The other side may have said why before it closed: what the listener found is the reason.
      await this.ended;
    } finally {
      this.#sending--;
    }
    const failure = this.#failureNow();
    if (failure !== null) throw failure;
  }

  /** `#failure` may change during any await, which the compiler does not see. */
  #failureNow(): DfsError | null {
    return this.#failure;
  }

  /** Takes acknowledgements until the write has ended. */
  async #listen(): Promise<DfsError | null> {
    try {
      for (;;) {
        const frame = await receiveAnswer(this.#channel, this.#nodeId, this.#options.streamTimeoutMs);
        if (frame.type === FrameType.WRITE_ACK) this.#acknowledge(writeAck.decode(frame.body).receivedBytes);
        else if (frame.type === FrameType.WRITE_COMMITTED && this.#finishing) {
          const { nodeIds, lengthBytes } = writeCommitted.decode(frame.body);
          if (lengthBytes !== this.#sentBytes || nodeIds.length === 0) {
            const text = `Node "${this.#nodeId}" committed ${lengthBytes} bytes on ${nodeIds.length} nodes; ${this.#sentBytes} bytes were sent`;
            throw new DfsError('PROTOCOL_ERROR', text, { nodeId: this.#nodeId });
          }
          this.#committedBy = nodeIds;
          return null;
        } else throw unexpectedFrame(this.#channel, this.#nodeId, frame, 'in a write');
      }
    } catch (error) {
      return this.#fail(error instanceof DfsError ? error : blamedOn(this.#nodeId, error));
    }
  }

  #acknowledge(receivedBytes: number): void {
    if (receivedBytes > this.#sentBytes) {
      const text = `Node "${this.#nodeId}" acknowledged ${receivedBytes} bytes of ${this.#sentBytes} sent`;
      throw new DfsError('PROTOCOL_ERROR', text, { nodeId: this.#nodeId });
    }
    if (receivedBytes <= this.#ackedBytes) return;
    this.#ackedBytes = receivedBytes;
    this.#wake();
    this.#options.onAck?.(receivedBytes);
  }

  /** The first failure stands. */
  #fail(error: DfsError): DfsError {
    const failure = this.#failure ?? error;
    this.#failure = failure;
    this.#lifeTimer.cancel();
    this.#channel.destroy();
    this.#wake();
    return failure;
  }

  #startLifeTimer(): Timer {
    return this.#options.clock.setTimer(this.#options.streamTimeoutMs / 4, () => {
      if (this.#failure !== null || this.#finishing) return;
      if (!this.#sentSinceTick && this.#sending === 0) {
        this.#sending++;
        // A channel that cannot take it is noticed by the listener.
        this.#channel.send(encodePacket(this.#sentBytes, EMPTY)).then(
          () => this.#sending--,
          () => this.#sending--,
        );
      }
      this.#sentSinceTick = false;
      this.#lifeTimer = this.#startLifeTimer();
    });
  }
}
